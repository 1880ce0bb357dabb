/** Asks field by field in a terminal: choices are chosen, everything else is typed and judged before it is taken. */
import * as Prompt from "effect/cli/Prompt"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Terminal from "effect/Terminal"
import type { Screen } from "../terminal/Screen.ts"
import { printable } from "../terminal/Style.ts"
import * as Field from "./Field.ts"

/** Asks until the answer fits. Fails when somebody presses Escape or Ctrl-C. */
export const ask = Effect.fnUntraced(function* (screen: Screen, field: Field.Field) {
  while (true) {
    const value = yield* run(prompt(field))
    const problem = value === undefined ? undefined : field.problem(value)
    if (problem === undefined) return value
    screen.say(screen.style.red(printable(`${field.title} ${problem}`)))
  }
})

/** What is said after a prompt that was left begins on a line of its own. */
const run = <A>(prompt: Prompt.Prompt<A>) =>
  Effect.tapErrorTag(Prompt.run(prompt), "QuitError", () =>
    Terminal.Terminal.use((terminal) => Effect.ignore(terminal.display("\n")))
  )

export const confirm = (_: Screen, question: string) =>
  run(Prompt.Confirm({ message: printable(question), initial: true }))

const prompt = (field: Field.Field): Prompt.Prompt<Field.Value | undefined> => {
  const { description, title } = field
  const message = printable(description === undefined ? title : `${title}: ${description}`)
  switch (field.kind) {
    case "choice":
      return Prompt.Select({ message, choices: options(field, field.choices) })
    case "boolean":
      return Prompt.Select({ message, choices: options(field, yesAndNo) })
    case "choices":
      return Prompt.MultiSelect({ message, choices: marked(field, field.choices) })
    default:
      return typed(field, message)
  }
}

const yesAndNo = [
  { value: true, title: "yes" },
  { value: false, title: "no" }
]

/** What can be chosen, the default marked; of an optional field also to say nothing. */
const options = <A extends string | boolean>(
  field: Field.Field,
  choices: ReadonlyArray<{ readonly value: A; readonly title: string }>
): ReadonlyArray<Prompt.SelectChoice<A | undefined>> => [
  ...marked(field, choices),
  ...(field.required ? [] : [{ title: "(leave out)", value: undefined }])
]

const marked = <A extends string | boolean>(
  { initial }: Field.Field,
  choices: ReadonlyArray<{ readonly value: A; readonly title: string }>
): ReadonlyArray<Prompt.SelectChoice<A>> =>
  choices.map(({ title, value }) => ({
    title: printable(title),
    value,
    selected: Array.isArray(initial) ? initial.some((each) => each === value) : initial === value
  }))

const typed = (field: Field.Field, message: string): Prompt.Prompt<Field.Value | undefined> =>
  Prompt.map(
    Prompt.String({
      message: `${message} (${field.expects})`,
      default: field.initial === undefined ? "" : Field.print(field.initial),
      validate: (words) =>
        Result.match(Field.parse(field, words), {
          onFailure: (problem) => Effect.fail(problem),
          onSuccess: () => Effect.succeed(words)
        })
    }),
    (words) => Result.getOrElse(Field.parse(field, words), () => undefined)
  )
