/**
 * What a principal may do. Scopes are asked for by whoever needs them: a guard for a whole server, a handler for a tool
 * or for one call, when it knows its arguments.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#scope-challenge-handling
 */
import * as Effect from "effect/Effect"
import { InsufficientScope } from "../http/InsufficientScope.ts"
import { Principal } from "./Principal.ts"

export { InsufficientScope } from "../http/InsufficientScope.ts"

/** A scope, and the narrower ones that come with it. What these imply in turn is implied, too. */
export interface Hierarchy {
  readonly [scope: string]: ReadonlyArray<string>
}

/**
 * Fails unless all of these were granted. The failure names them all, so that a client can ask for them at once: ask
 * for everything the operation needs in one call.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 * import * as Scopes from "mcp-effect/Scopes"
 * import * as Tool from "mcp-effect/Tool"
 *
 * const Move = Tool.make("move", { input: { from: Schema.String, to: Schema.String }, output: Schema.Void })
 *
 * // Part<Principal>: it cannot be served without a guard or a Layer that says who calls.
 * export const move = Tool.handle(Move, ({ from, to }) =>
 *   Effect.andThen(Scopes.require("files:read", "files:write"), Effect.logInfo(`${from} is now ${to}`))
 * )
 * ```
 */
export const require = (
  ...scopes: readonly [string, ...ReadonlyArray<string>]
): Effect.Effect<void, InsufficientScope, Principal> =>
  Effect.flatMap(Principal, (principal) =>
    covers(principal.scopes, scopes) ? Effect.void : Effect.fail(new InsufficientScope({ scopes }))
  )

/**
 * Whether all of these were granted. As `visible` of a tool it hides what the caller may not use; a hidden tool cannot
 * be called either.
 *
 * @example
 * ```ts
 * import * as Scopes from "mcp-effect/Scopes"
 * import * as Tool from "mcp-effect/Tool"
 *
 * export const wipe = Tool.handle(Tool.make("wipe"), () => "gone", { visible: () => Scopes.has("admin") })
 * ```
 */
export const has = (
  ...scopes: readonly [string, ...ReadonlyArray<string>]
): Effect.Effect<boolean, never, Principal> =>
  Effect.map(Principal, (principal) => covers(principal.scopes, scopes))

export const covers = (granted: ReadonlySet<string>, needed: ReadonlyArray<string>): boolean =>
  needed.every((scope) => granted.has(scope))

/** What was granted together with everything it implies. */
export const closure = (granted: ReadonlyArray<string>, hierarchy: Hierarchy): ReadonlySet<string> => {
  const all = new Set(granted)
  // A set grows while it is walked, and each scope is visited once, so a circle ends.
  for (const scope of all) {
    if (Object.hasOwn(hierarchy, scope)) for (const implied of hierarchy[scope]!) all.add(implied)
  }
  return all
}

/** The characters RFC 6749 allows in a scope: printable ASCII without space, quote and backslash. */
export const isScope = (text: string): boolean => /^[!#-[\]-~]+$/.test(text)

/** A scope parameter as a list. What is not a scope is dropped. */
export const parse = (text: string): ReadonlyArray<string> => [...new Set(text.split(" ").filter(isScope))]
