/** Asks field by field and reads a line for each: for answers that come through a pipe. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Terminal from "effect/Terminal"
import type { Screen } from "../terminal/Screen.ts"
import { printable } from "../terminal/Style.ts"
import * as Field from "./Field.ts"

/** Asks until the answer fits. Fails when the input ends. */
export const ask = Effect.fnUntraced(function* (screen: Screen, field: Field.Field) {
  const terminal = yield* Terminal.Terminal
  const { description, expects, initial, required, title } = field
  const about = description === undefined ? "" : `: ${description}`
  const without =
    initial === undefined ? (required ? "" : ", or nothing") : `, default ${Field.print(initial)}`
  screen.say(printable(`  ${title}${about} (${expects}${without})`))
  while (true) {
    const answer = Field.parse(field, yield* terminal.readLine)
    if (Result.isSuccess(answer)) return answer.success
    screen.say(printable(`  ${title} ${answer.failure}`))
  }
})

export const confirm = Effect.fnUntraced(function* (screen: Screen, question: string) {
  const terminal = yield* Terminal.Terminal
  screen.say(`  ${printable(question)} (y or n)`)
  return /^\s*y(?:es)?\s*$/i.test(yield* terminal.readLine)
})
