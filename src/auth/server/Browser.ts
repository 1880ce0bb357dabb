/** Ties what happens in a browser to that browser: a cookie for each transaction, and a value for its form. */
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Digests from "./Digests.ts"
import type { Resolved } from "./Settings.ts"
import type { Response } from "./Wire.ts"

export type Purpose = "consent" | "sign-in"

/** For how long a user may take. */
export const patience = 600_000

/**
 * A cookie of its own for each transaction, so that several can go on at once. The prefix makes browsers refuse it from
 * neighbouring hosts; they want https for that, which a server on the same machine does not have.
 */
const nameOf = ({ url }: Resolved, purpose: Purpose, transaction: string): Effect.Effect<string> =>
  Effect.map(Digests.digest(transaction), (digest) => {
    const name = `mcp-${purpose}-${digest.slice(0, 12)}`
    return url.protocol === "https:" ? `__Host-${name}` : name
  })

export const give = (
  response: Response,
  settings: Resolved,
  purpose: Purpose,
  transaction: string,
  secret: string
): Effect.Effect<Response> =>
  Effect.map(nameOf(settings, purpose, transaction), (name) =>
    HttpServerResponse.setCookieUnsafe(response, name, secret, {
      httpOnly: true,
      maxAge: patience,
      path: "/",
      sameSite: "lax",
      secure: settings.url.protocol === "https:"
    })
  )

export const take = (
  response: Response,
  settings: Resolved,
  purpose: Purpose,
  transaction: string
): Effect.Effect<Response> =>
  Effect.map(nameOf(settings, purpose, transaction), (name) =>
    HttpServerResponse.setCookieUnsafe(response, name, "", {
      httpOnly: true,
      maxAge: 0,
      path: "/",
      sameSite: "lax",
      secure: settings.url.protocol === "https:"
    })
  )

export const secretOf = (
  request: HttpServerRequest,
  settings: Resolved,
  purpose: Purpose,
  transaction: string
): Effect.Effect<string | undefined> =>
  Effect.map(nameOf(settings, purpose, transaction), (name) => {
    const { cookies } = request
    return Object.hasOwn(cookies, name) ? cookies[name] : undefined
  })

/** For the form: whoever does not have the cookie cannot know it, and it is good for this transaction only. */
export const formToken = (secret: string, transaction: string): Effect.Effect<string> =>
  Digests.digest(`${secret} ${transaction}`)

/** The form was sent from a page of this server, as far as the browser says. */
export const isOwn = (request: HttpServerRequest, { url }: Resolved): boolean => {
  const origin = request.headers["origin"]
  return origin === undefined || origin === url.origin
}
