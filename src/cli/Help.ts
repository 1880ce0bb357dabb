/** How help and wrong usage look: one line per flag, and one line for what was wrong. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import type { ArgDoc, FlagDoc, HelpDoc } from "effect/cli/HelpDoc"
import * as Terminal from "effect/Terminal"
import * as Failure from "./Failure.ts"
import { Machine } from "./Machine.ts"
import * as Style from "./terminal/Style.ts"
import * as Table from "./terminal/Table.ts"

/** Shows help on stdout. What was wrong is left to whoever runs the command, as a failure like any other. */
export const layer: Layer.Layer<never, never, Machine | Terminal.Terminal> = Layer.effect(
  CliOutput.Presenter,
  Effect.map(Effect.context<Machine | Terminal.Terminal>(), (context) => ({
    present: (event) => {
      switch (event._tag) {
        case "Help":
          return Effect.provideContext(show(event.helpDoc), context)
        case "Version":
          return Console.log(`MCP version ${event.version}`)
        case "InvalidInvocation":
          return Effect.void
      }
    }
  }))
)

const show = Effect.fnUntraced(function* (doc: HelpDoc) {
  const { terminals } = yield* Machine
  const terminal = yield* Terminal.Terminal
  const columns = terminals.stdout ? yield* terminal.columns : 80
  yield* Console.log(render(doc, yield* Style.on("stdout"), columns))
})

/** Room for text in the widest terminals; longer lines are hard to read. */
const readable = 110

export const render = (doc: HelpDoc, style: Style.Style, columns: number): string => {
  const width = Math.min(columns || 80, readable)
  const section = (title: string, rows: ReadonlyArray<Table.Row>) =>
    rows.length === 0 ? [] : ["", style.bold(title), ...Table.render(rows, width, style.cyan)]
  const isRoot = (doc.commandPath ?? []).length < 2
  return [
    ...Table.wrap(doc.description, width),
    "",
    `${style.bold("Usage:")} ${usage(doc)}`,
    ...section("Arguments", (doc.args ?? []).map(argument)),
    ...(doc.subcommands ?? []).flatMap(({ commands, group }) =>
      section(
        group ?? "Commands",
        commands.map(({ description, name, shortDescription }) => ({
          left: name,
          right: shortDescription ?? description
        }))
      )
    ),
    ...section("Flags", (isRoot ? (doc.globalFlags ?? []) : doc.flags).map(flag)),
    ...section(
      "Examples",
      (doc.examples ?? []).map(({ command, description = "" }) => ({ left: command, right: description }))
    ),
    ...(isRoot ? ["", "mcp COMMAND --help tells more about a command."] : [])
  ].join("\n")
}

const usage = ({ args = [], commandPath = [], flags, subcommands = [] }: HelpDoc): string =>
  [
    ...commandPath,
    ...(subcommands.length > 0 ? ["COMMAND"] : []),
    ...args.map((arg) => {
      const name = placeholder(arg)
      return arg.required || name.startsWith("[") ? name : `[${name}]`
    }),
    ...(flags.length > 0 ? ["[FLAGS]"] : [])
  ].join(" ")

/** A name that is more than one word says itself how often its words may come. */
const placeholder = ({ name, variadic }: ArgDoc) =>
  `${name.toUpperCase()}${variadic && !name.includes(" ") ? "..." : ""}`

const argument = (arg: ArgDoc): Table.Row => ({
  left: placeholder(arg),
  right: Option.getOrElse(arg.description, () => "")
})

const flag = ({ aliases, description, name, type }: FlagDoc): Table.Row => ({
  left: `${[...aliases, `--${name}`].join(", ")}${type === "boolean" ? "" : ` ${value(name, type)}`}`,
  right: Option.getOrElse(description, () => "")
})

/** What to write for the value of a flag. One that is a choice lists its choices in its description. */
const value = (name: string, type: string) => {
  if (type !== "choice" && !type.startsWith("<")) return type
  return name === "completions" ? "SHELL" : (name.split("-").at(-1) ?? name).toUpperCase()
}

/** What was wrong with the command line, and what would do. */
export const mistaken = ({ commandPath, errors }: CliError.ShowHelp): Failure.Failure => {
  const found = errors.map(explain)
  const hints = found.flatMap(({ hint }) => hint ?? [])
  return Failure.usage(
    found.map(({ message }) => message).join("\n"),
    hints.length > 0 ? hints.join("\n") : `${commandPath.join(" ")} --help shows how it is used`
  )
}

interface Explained {
  readonly message: string
  readonly hint?: string
}

const explain = (error: CliError.NonShowHelpErrors): Explained => {
  switch (error._tag) {
    case "UnrecognizedOption":
      return instead(`There is no flag ${error.option}`, error.suggestions)
    case "UnknownSubcommand":
      return instead(`There is no command ${error.subcommand}`, error.suggestions)
    case "UnexpectedArgument":
      return { message: `One argument too many: ${error.arguments.join(" ")}` }
    case "MissingArgument":
      return { message: `${error.argument.toUpperCase()} is missing` }
    case "MissingOption":
      return { message: `--${error.option} is missing` }
    case "InvalidValue":
      return {
        message: `${error.kind === "flag" ? `--${error.option}` : error.option.toUpperCase()} cannot be ${JSON.stringify(error.value)}. Expected: ${error.expected}`
      }
    default:
      return { message: error.message }
  }
}

const instead = (message: string, suggestions: ReadonlyArray<string>): Explained =>
  suggestions.length === 0 ? { message } : { message, hint: `Did you mean ${suggestions.join(" or ")}?` }
