/** A page that says one thing, and where the user may go from there. */
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Digests from "./Digests.ts"
import * as Page from "../Page.ts"
import * as RedirectUri from "./RedirectUri.ts"
import * as Wire from "./Wire.ts"

/** Whether whoever asks is a person with a browser. */
export const isWanted = ({ headers }: HttpServerRequest): boolean =>
  /\btext\/html\b/i.test(headers["accept"] ?? "")

/** That something did not work, and why. */
export const failed = (status: number, why: string, target?: URL): Effect.Effect<Wire.Response> =>
  Effect.map(Digests.secret, (nonce) =>
    Wire.html(
      status,
      Page.render({ title, nonce, body: body(why, target) }),
      `${Page.policy(nonce)}; form-action 'none'`
    )
  )

const title = "This did not work"

const body = (why: string, target: URL | undefined): string =>
  `<h1>${title}</h1>\n<p>${Page.shown(why, 500)}</p>${target === undefined ? "" : onwards(target)}`

const onwards = (target: URL): string =>
  `\n<p><a rel="noreferrer" href="${Page.shown(target.href, 8192)}">Go back to <strong><bdi>${Page.shown(RedirectUri.host(target.href))}</bdi></strong></a></p>`
