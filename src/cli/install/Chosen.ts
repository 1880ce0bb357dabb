/** The host a command line names, and what it says besides. */
import * as Effect from "effect/Effect"
import { nearest } from "../../server/Suggest.ts"
import * as Failure from "../Failure.ts"
import * as Host from "../hosts/Host.ts"

/** `[HOST] WHAT`: without a host it is Claude Desktop. */
export const chosen = (
  {
    command,
    what,
    words
  }: { readonly command: string; readonly what: string; readonly words: ReadonlyArray<string> },
  others: ReadonlyArray<string> = []
): Effect.Effect<{ readonly id: string; readonly rest: string }, Failure.Failure> => {
  const ids = [...Host.all.map(({ id }) => id), ...others]
  const [first = "", second] = words
  if (second === undefined) {
    return ids.includes(first)
      ? Effect.fail(
          Failure.usage(`${what} is missing: ${first} is a host`, `mcp ${command} ${first} ${what}`)
        )
      : Effect.succeed({ id: Host.all[0]!.id, rest: first })
  }
  if (ids.includes(first)) return Effect.succeed({ id: first, rest: second })
  const meant = nearest(first, ids)
  return Effect.fail(
    Failure.usage(
      `There is no host ${first}`,
      meant === undefined ? `Hosts are ${ids.join(", ")}` : `Did you mean ${meant}?`
    )
  )
}
