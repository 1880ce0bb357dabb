/** Sorts the words of a command line: what is meant first, and then maybe a target. */
import * as Effect from "effect/Effect"
import * as Failure from "../Failure.ts"

/** At most one word, the target. */
export const target = (words: ReadonlyArray<string>): Effect.Effect<string | undefined, Failure.Failure> =>
  words.length > 1
    ? Effect.fail(Failure.usage(`One argument too many: ${words[1]}`))
    : Effect.succeed(words[0])
