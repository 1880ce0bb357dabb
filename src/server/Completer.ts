/**
 * Where suggestions for an argument come from: what a prompt or a template takes as `complete`.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/completion
 */
import * as Effect from "effect/Effect"
import type { Answer } from "./Handler.ts"
import type { Complete, Completion } from "./Part.ts"

export type { Completion }

/**
 * A list of values, of which those that match what was typed are suggested; or a function from what was typed, and
 * the arguments that are settled already, to suggestions, best first. At most 100 of them are sent. Arguments whose
 * schema is a choice of literals need no completer.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 * import * as Prompt from "mcp-effect/Prompt"
 *
 * const frameworks = new Map([["python", ["django", "flask"]]])
 *
 * export const review = Prompt.make(
 *   "review",
 *   {
 *     arguments: { language: Schema.Literals(["python", "rust"]), framework: Schema.String, tone: Schema.String },
 *     complete: {
 *       framework: (typed, { language = "" }) =>
 *         Effect.succeed((frameworks.get(language) ?? []).filter((name) => name.startsWith(typed))),
 *       tone: ["kind", "strict"]
 *     }
 *   },
 *   ({ framework, tone }) => `Review my ${framework} code. Be ${tone}.`
 * )
 * ```
 */
export type Completer<R = never> =
  | ReadonlyArray<string>
  | ((
      typed: string,
      settled: { readonly [argument: string]: string }
    ) => Answer<ReadonlyArray<string> | Completion, R>)

/** Completes from a fixed list: values that start with what was typed come first, then those that contain it. */
export const among =
  (values: ReadonlyArray<string>): Complete =>
  (typed) => {
    const wanted = typed.toLowerCase()
    const places = values.map((value) => [value, value.toLowerCase().indexOf(wanted)] as const)
    return Effect.succeed({
      values: [...places.filter(([, at]) => at === 0), ...places.filter(([, at]) => at > 0)].map(
        ([value]) => value
      )
    })
  }
