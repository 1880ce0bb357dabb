/** Puts a server into the configuration of a host. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Path from "effect/Path"
import * as Env from "../Env.ts"
import * as Failure from "../Failure.ts"
import * as Format from "../hosts/Format.ts"
import * as Host from "../hosts/Host.ts"
import * as Servers from "../hosts/Servers.ts"
import * as Dependencies from "../load/Dependencies.ts"
import * as Reference from "../load/Reference.ts"
import * as Source from "../load/Source.ts"
import * as Packages from "../run/Packages.ts"
import { Machine } from "../Machine.ts"
import * as Connect from "../target/Connect.ts"
import * as Style from "../terminal/Style.ts"
import * as Apply from "./Apply.ts"
import { chosen } from "./Chosen.ts"
import * as Launch from "./Launch.ts"

export interface Input extends Packages.Wanted {
  readonly words: ReadonlyArray<string>
  readonly name: string | undefined
  readonly envVar: ReadonlyArray<string>
  readonly envFile: ReadonlyArray<string>
  readonly configPath: string | undefined
  readonly project: boolean
  readonly bundle: boolean
  readonly dryRun: boolean
}

export const install = Effect.fnUntraced(function* (input: Input) {
  const { id, rest } = yield* chosen({ command: "install", what: "FILE", words: input.words }, ["print"])
  const reference = Reference.parse(rest)
  const file = yield* Source.locate(reference.file)
  const env = yield* Env.gather("--env-var", input.envVar, input.envFile)
  const target = reference.name === undefined ? file : `${file}:${reference.name}`
  const packages = yield* Packages.settled({
    with: [...input.with, ...(yield* Dependencies.of(file))],
    withEditable: input.withEditable
  })
  const running = yield* Launch.running(["run", ...Packages.flags(packages), target])
  const name = input.name ?? (yield* nameOf(file, { ...running, env }))
  const launch = input.bundle ? yield* bundled({ ...reference, file }, packages, input.dryRun) : running
  const entry: Format.Entry = { ...launch, env }

  const host = Host.find(id)
  if (host === undefined) return yield* print(name, entry)
  const config = yield* Servers.locate(host, input.configPath, input.project)
  const accepted = Host.nameFor(host, name)
  yield* Apply.apply(
    Servers.add(host, config, accepted, entry),
    input.dryRun,
    `${host.name} now has ${accepted}`
  )
})

const bundled = Effect.fnUntraced(function* (
  reference: Reference.Reference,
  packages: Packages.Wanted,
  dryRun: boolean
) {
  const Bundle = yield* Effect.promise(() => import("./Bundle.ts"))
  const { self } = yield* Machine
  if (!dryRun) yield* Bundle.write(reference, packages)
  return { command: self.command, args: [yield* Bundle.placeOf(reference)] }
})

/** What a server calls itself; what its file is called if it does not start. */
const nameOf = Effect.fnUntraced(function* (file: string, { args, command, env }: Format.Entry) {
  const path = yield* Path.Path
  const stem = path.basename(file, path.extname(file))
  const asked = Effect.scoped(
    Effect.map(
      Connect.connect({ _tag: "Command", title: file, command, args, env }),
      ({ server }) => server.info.name
    )
  )
  return yield* Effect.catch(asked, ({ message }: Failure.Failure) =>
    Effect.gen(function* () {
      const style = yield* Style.on("stderr")
      yield* Console.error(`${style.yellow("warning:")} ${Style.printable(message)}`)
      return stem
    })
  )
})

const print = (name: string, entry: Format.Entry) =>
  Effect.flatMap(
    Effect.promise(() => import("../hosts/Json.ts")),
    ({ format }) =>
      Console.log(format.print("mcpServers", name, Format.merge(undefined, entry, {})).trimEnd())
  )
