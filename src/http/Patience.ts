/**
 * Clocks that run over an HTTP request belong to whoever makes it. What is made of several requests, with a person
 * between them, stops them for so long.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** Runs an effect while nobody's time runs out. */
export type Patience = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** The patience of whoever makes the request at hand. By default no clock is stopped. */
export const Patience = Context.Reference<Patience>("mcp-effect/http/Patience", {
  defaultValue: () => (effect) => effect
})
