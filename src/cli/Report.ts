/** How a command that failed says so: two lines on stderr for a person, one object on stdout for a program. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { Failure } from "./Failure.ts"
import type { Machine } from "./Machine.ts"
import * as Style from "./terminal/Style.ts"

const text = Effect.fnUntraced(function* ({ hint, message, told }: Failure) {
  if (told === true) return
  const style = yield* Style.on("stderr")
  const show = (title: string, words: string) => Console.error(`${title} ${Style.printable(words)}`)
  yield* show(style.red(style.bold("error:")), message)
  if (hint !== undefined) yield* show(style.cyan("hint:"), hint)
})

const json = ({ data, exitCode, hint, kind, message, told }: Failure) =>
  told === true
    ? Effect.void
    : Console.log(
        JSON.stringify({
          error: {
            kind,
            message,
            ...(hint !== undefined && { hint }),
            ...(data !== undefined && { data }),
            exitCode
          }
        })
      )

export const as = (isJson: boolean): ((failure: Failure) => Effect.Effect<void, never, Machine>) =>
  isJson ? json : text
