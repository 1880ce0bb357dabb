/** Signs in and out at a server, and says what is kept for it. Tokens themselves are never shown. */
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as NodeBrowser from "../../auth/NodeBrowser.ts"
import * as NodeInteraction from "../../auth/NodeInteraction.ts"
import { type AuthorizationError, type Kind, OAuthClient, type Status } from "../../auth/OAuthClient.ts"
import * as Failure from "../Failure.ts"
import { Machine } from "../Machine.ts"
import * as Find from "../target/Find.ts"
import { printable } from "../terminal/Style.ts"
import * as Authorized from "./Authorized.ts"

export interface Input {
  readonly target: string
  readonly json: boolean
}

export interface Login extends Input {
  readonly scope: ReadonlyArray<string>
  readonly noBrowser: boolean
}

const waiting = "Waiting for the browser. --no-browser prints the page to open instead"

export const login = Effect.fnUntraced(function* ({ json, noBrowser, scope, target }: Login) {
  const url = yield* urlOf(target)
  const { env } = yield* Machine
  const program = env["BROWSER"] || undefined
  const interaction = noBrowser
    ? NodeInteraction.layerPaste()
    : NodeInteraction.layerBrowser({
        open: (page) => Effect.andThen(Console.error(waiting), NodeBrowser.open(page, program))
      })
  const status = yield* OAuthClient.use(({ signIn }) => signIn).pipe(
    Effect.provide(Authorized.layer(url, interaction, scope)),
    Effect.mapError(failure)
  )
  yield* show(target, status, json)
})

export const status = Effect.fnUntraced(function* ({ json, target }: Input) {
  const url = yield* urlOf(target)
  const kept = yield* OAuthClient.use(({ status }) => status).pipe(
    Effect.provide(Authorized.stored(url)),
    Effect.mapError(failure)
  )
  if (kept === undefined) return yield* signedOut(`Not signed in at ${target}`, target)
  const over = kept.expiresAt !== undefined && kept.expiresAt <= (yield* Clock.currentTimeMillis)
  if (over && !kept.renewable) return yield* signedOut(`The sign-in at ${target} has expired`, target)
  yield* show(target, kept, json)
})

export const logout = Effect.fnUntraced(function* ({ json, target }: Input) {
  const url = yield* urlOf(target)
  const was = yield* Effect.gen(function* () {
    const { signOut, status } = yield* OAuthClient
    const kept = yield* Effect.mapError(status, failure)
    yield* Effect.mapError(signOut, ({ message, reason }) =>
      reason === "Store"
        ? Failure.make("connection", message)
        : Failure.make("connection", `The tokens are forgotten here, but could not be revoked: ${message}`)
    )
    return kept !== undefined
  }).pipe(
    Effect.provide(Authorized.stored(url)),
    Effect.catchTag("AuthorizationError", (error) => Effect.fail(failure(error)))
  )
  if (json) return yield* Console.log(JSON.stringify({ target, signedOut: was }))
  yield* Console.log(was ? `Signed out at ${target}` : `Not signed in at ${target}`)
})

const urlOf = Effect.fnUntraced(function* (word: string) {
  const target = yield* Find.find(word, {}, {})
  return target._tag === "Url"
    ? target.url
    : yield* Failure.usage(`${target.title} is started by a command: only servers at URLs have a sign-in`)
})

const signedOut = (message: string, target: string) =>
  Failure.make("connection", message, `Sign in: mcp auth login ${target}`)

/** Whose it is, is not said: nothing that a client is given tells it. */
const show = Effect.fnUntraced(function* (target: string, status: Status, json: boolean) {
  const { clientId, clientKind, expiresAt, issuer, renewable, scopes } = status
  const store = yield* Authorized.file
  const until = expiresAt === undefined ? undefined : new Date(expiresAt).toISOString()
  const renewed = renewable ? ["renewed when it is needed"] : []
  const rows = [
    ["issuer", issuer],
    ["client", clientKind === undefined ? clientId : `${clientId} (${kinds[clientKind]})`],
    ["scopes", scopes.join(", ") || "none"],
    ["until", [until ?? "not said", ...renewed].join(", ")],
    ["store", store]
  ]
  yield* Console.log(
    json
      ? JSON.stringify({
          target,
          issuer,
          clientId,
          ...(clientKind !== undefined && { clientKind }),
          scopes,
          ...(until !== undefined && { until }),
          renewable,
          store
        })
      : [
          `Signed in at ${target}`,
          ...rows.map(([name = "", value = ""]) => `  ${name.padEnd(6)}  ${printable(value)}`)
        ].join("\n")
  )
})

const kinds: { readonly [kind in Kind]: string } = {
  registered: "registered beforehand",
  document: "described at this URL",
  dynamic: "registered by itself"
}

const failure = ({ code, message, reason }: AuthorizationError): Failure.Failure =>
  Failure.make(
    reason === "Unavailable" || reason === "Interaction" || reason === "Store" ? "connection" : "protocol",
    code === undefined || message.includes(code) ? message : `${message} (${code})`
  )
