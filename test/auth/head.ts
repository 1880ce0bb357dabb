/** Requests as a guard sees them, and all that was logged meanwhile. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import type { Guard, Head, Reply } from "../../src/http/Exchange.ts"
import { Caller } from "../../src/http/Exchange.ts"
import { Principal } from "../../src/auth/Principal.ts"

export const head = (authorization?: string, url = "/mcp"): Head => ({
  method: "POST",
  url,
  header: (name) => (name === "authorization" ? authorization : undefined)
})

export interface Admitted {
  readonly principal: Principal["Service"]
  readonly caller: string
}

/** Who was admitted, or what was answered. */
export const admit = <R>(
  guard: Guard<Principal, R>,
  authorization?: string,
  url?: string
): Effect.Effect<Admitted | Reply, never, R> =>
  Effect.match(guard.admit(head(authorization, url)), {
    onSuccess: (context): Admitted | Reply => ({
      principal: Context.get(context, Principal),
      caller: Context.get(context, Caller)
    }),
    onFailure: (reply): Admitted | Reply => reply
  })

/** The answer of a guard that did not admit, in one line. */
export const refusal = (outcome: Admitted | Reply): string =>
  "status" in outcome ? `${outcome.status} ${outcome.headers["www-authenticate"] ?? ""}` : "admitted"

export const principal = (outcome: Admitted | Reply): Principal["Service"] => {
  if ("status" in outcome) throw new Error(`refused: ${refusal(outcome)} ${outcome.body}`)
  return outcome.principal
}

/** Everything that is logged at any level, as text. */
export const logged = <A, E, R>(effect: Effect.Effect<A, E, R>) => {
  const lines: Array<string> = []
  const logger = Logger.make<unknown, void>((entry) => {
    lines.push(Logger.formatJson.log(entry))
  })
  return effect.pipe(
    Effect.provideService(References.MinimumLogLevel, "All"),
    Effect.provide(Logger.layer([logger])),
    Effect.map((value) => ({ value, log: lines.join("\n") }))
  )
}
