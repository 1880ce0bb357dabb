/** Gets suggestions for an argument. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Client from "../../client/Client.ts"
import * as Connect from "../target/Connect.ts"
import { printable } from "../terminal/Style.ts"
import * as Arguments from "./Arguments.ts"
import * as Session from "./Session.ts"

export interface Input extends Session.Flags {
  readonly of: string
  readonly pair: string
  readonly target: Option.Option<string>
  readonly arg: ReadonlyArray<string>
}

export const complete = Effect.fnUntraced(function* ({ arg, of, pair, target, ...flags }: Input) {
  const session = yield* Session.open(Option.getOrUndefined(target), flags)
  yield* run(session, { of, pair, settled: arg, json: flags.json })
}, Effect.scoped)

export interface Completion {
  readonly of: string
  readonly pair: string
  readonly settled: ReadonlyArray<string>
  readonly json: boolean
}

export const run = Effect.fnUntraced(function* (
  session: Session.Session,
  { json, of, pair, settled }: Completion
) {
  const completion = yield* suggestions(session, of, pair, settled)
  if (json) return yield* Console.log(JSON.stringify(completion))
  for (const value of completion.values) yield* Console.log(printable(value))
  const { hasMore, total, values } = completion
  if (hasMore === true || (total !== undefined && total > values.length))
    session.screen.say(session.screen.style.dim(`and more${total === undefined ? "" : `: ${total} in all`}`))
})

/** What the server suggests for `name=value` of a prompt or a template. */
export const suggestions = Effect.fnUntraced(function* (
  { client }: Session.Session,
  of: string,
  pair: string,
  settled: ReadonlyArray<string>
) {
  const reference: Client.Reference = of.includes(":")
    ? { type: "ref/resource", uri: of }
    : { type: "ref/prompt", name: of }
  const [[name, value] = ["", ""]] = Object.entries(yield* Arguments.texts([pair]))
  return yield* client
    .complete(reference, { name, value }, yield* Arguments.texts(settled))
    .pipe(Effect.mapError(Connect.failure))
})
