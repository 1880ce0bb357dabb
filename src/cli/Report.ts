/** How a command that failed says so: two lines on stderr for a person, one object on stdout for a program. */
import { displayWidth } from "effect/cli/CliOutput"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Terminal from "effect/Terminal"
import type { Failure } from "./Failure.ts"
import { Machine } from "./Machine.ts"
import * as Table from "./terminal/Table.ts"
import * as Style from "./terminal/Style.ts"

const text = Effect.fnUntraced(function* ({ hint, message, told }: Failure) {
  if (told === true) return
  const style = yield* Style.on("stderr")
  const { terminals } = yield* Machine
  const terminal = yield* Terminal.Terminal
  const columns = terminals.stderr ? (yield* terminal.columns) || 80 : Number.POSITIVE_INFINITY
  const show = (title: string, words: string) =>
    Console.error(
      `${title} ${Style.printable(words)}`
        .split("\n")
        .flatMap((line) => (displayWidth(line) > columns ? Table.wrap(line, columns) : [line]))
        .join("\n")
    )
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

export const as = (
  isJson: boolean
): ((failure: Failure) => Effect.Effect<void, never, Machine | Terminal.Terminal>) => (isJson ? json : text)
