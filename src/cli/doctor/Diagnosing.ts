/** Looks at a target from the outside in, and says what is wrong and how to mend it. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Option from "effect/Option"
import * as Terminal from "effect/Terminal"
import * as Env from "../Env.ts"
import * as Failure from "../Failure.ts"
import { Machine } from "../Machine.ts"
import * as Connect from "../target/Connect.ts"
import * as Find from "../target/Find.ts"
import type { Target } from "../target/Target.ts"
import * as Style from "../terminal/Style.ts"
import * as Table from "../terminal/Table.ts"
import type { Finding } from "./Finding.ts"
import * as Findings from "./Finding.ts"
import * as Process from "./Process.ts"
import * as Server from "./Server.ts"

export interface Input {
  readonly target: Option.Option<string>
  readonly env: ReadonlyArray<string>
  readonly envFile: ReadonlyArray<string>
  readonly header: ReadonlyArray<string>
  readonly slow: number
  readonly json: boolean
}

export const diagnose = Effect.fnUntraced(function* (input: Input) {
  const env = yield* Env.gather("--env", input.env, input.envFile)
  const target = yield* Find.find(Option.getOrUndefined(input.target), env, yield* Env.headers(input.header))
  const { ask, client, findings } = yield* examine(target, input.slow)
  const found = [...findings, ...(client === undefined ? [] : yield* Server.examine(client, target, ask))]
  const all = found.map((finding) => discreet(finding, target))
  if (input.json) yield* Console.log(JSON.stringify({ target: target.title, findings: all }))
  else yield* show(all)
  if (all.some(({ severity }) => severity === "error"))
    return yield* new Failure.Failure({
      kind: client === undefined ? "connection" : "protocol",
      message: "",
      told: true
    })
}, Effect.scoped)

const examine = Effect.fnUntraced(function* (
  target: Target,
  slow: number
): Effect.fn.Return<Process.Examined, never, Connect.Services | Scope.Scope> {
  if (target._tag === "Command") return yield* Process.examine(target, slow)
  const { examine } = yield* Effect.promise(() => import("./Web.ts"))
  const findings = yield* examine(target)
  if (findings.some(({ severity }) => severity === "error")) return { findings }
  return yield* Connect.connect(target).pipe(
    Effect.map((client): Process.Examined => ({
      findings: [...findings, Findings.fine("answers", `It answers at ${target.url}`)],
      client
    })),
    Effect.catch(({ message }) =>
      Effect.succeed<Process.Examined>({ findings: [...findings, silent(message)] })
    )
  )
})

/** A URL that an application keeps under a name may hold a secret: the name will do. */
const discreet = (finding: Finding, target: Target): Finding => {
  if (target._tag === "Command") return finding
  const { message, remedy, ...rest } = finding
  const named = (text: string) => text.replaceAll(target.url, () => target.title)
  return { ...rest, message: named(message), ...(remedy !== undefined && { remedy: named(remedy) }) }
}

const silent = (message: string): Finding =>
  message.startsWith("Cannot reach")
    ? Findings.error("unreachable", message, "Is it running? Are name and port right?")
    : Findings.error("no-answer", message)

const show = Effect.fnUntraced(function* (findings: ReadonlyArray<Finding>) {
  const { terminals } = yield* Machine
  const terminal = yield* Terminal.Terminal
  const columns = terminals.stdout ? (yield* terminal.columns) || 80 : Number.POSITIVE_INFINITY
  const style = yield* Style.on("stdout")
  const marks = {
    fine: style.green("✓"),
    note: style.blue("i"),
    warning: style.yellow("!"),
    error: style.red("✗")
  }
  for (const { message, name, remedy, severity } of findings) {
    const [first = "", ...rest] = Style.printable(message).split("\n")
    const [head = "", ...tail] = Table.wrap(`${name}: ${first}`, columns - 2)
    yield* Console.log(`${marks[severity]} ${head.replace(name, style.bold(name))}`)
    for (const line of tail) yield* Console.log(`  ${line}`)
    for (const line of rest) yield* Console.log(`    ${style.dim(line)}`)
    const [mend, ...more] = remedy === undefined ? [] : Table.wrap(remedy, columns - 4)
    if (mend !== undefined) yield* Console.log(`  ${style.cyan("→")} ${mend}`)
    for (const line of more) yield* Console.log(`    ${line}`)
  }
})
