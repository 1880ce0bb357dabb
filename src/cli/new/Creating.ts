/** Begins a project: a copy of the template, with a package.json of its own. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import { fileURLToPath } from "node:url"
import * as Failure from "../Failure.ts"
import { record } from "../hosts/Format.ts"
import { Machine } from "../Machine.ts"
import * as Npm from "../Npm.ts"
import * as Style from "../terminal/Style.ts"

export interface Input {
  readonly directory: string
  readonly use: Option.Option<string>
  readonly noInstall: boolean
}

/** The root of this package: from the sources as well as from what is built from them. */
const home = fileURLToPath(new URL("../../..", import.meta.url))

export const create = Effect.fnUntraced(
  function* (input: Input) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const { cwd } = yield* Machine
    const directory = path.resolve(cwd, input.directory)
    yield* vacant(directory)
    yield* fs.makeDirectory(directory, { recursive: true })
    yield* fs.copy(path.join(home, "template"), directory)
    // npm leaves files of this name out of packages.
    yield* fs.rename(path.join(directory, "gitignore"), path.join(directory, ".gitignore"))
    yield* fs.writeFileString(
      path.join(directory, "package.json"),
      yield* manifest(path.basename(directory), input)
    )
    if (!input.noInstall) {
      yield* Npm.run(["install"], directory, "the packages of the project").pipe(
        Effect.mapError(({ message }) => notInstalled(message, input.directory))
      )
    }

    const style = yield* Style.on("stdout")
    const shown = path.relative(cwd, directory) || "."
    yield* Console.log(`${style.green("✓")} ${shown} has a server, a client and a test. Next:`)
    const steps = [
      ...(shown === "." ? [] : [`cd ${shown}`]),
      ...(input.noInstall ? ["npm install"] : []),
      "npm test",
      "npm start",
      "npm run dev"
    ]
    for (const step of steps) yield* Console.log(`  ${style.cyan(step)}`)
  },
  Effect.catchTag("PlatformError", (error) => Effect.fail(Failure.usage(error.message)))
)

/** The project is there all the same: what failed can be done again by itself. */
const notInstalled = (message: string, directory: string) =>
  Failure.usage(
    message,
    /\bE404\b.*'mcp-effect@|'mcp-effect@.*not be found/s.test(message)
      ? `In ${directory}/package.json say where mcp-effect comes from, as --use does, then: npm install`
      : `The project is in ${directory}. When that is mended: cd ${directory} && npm install`
  )

/** Nothing that is there is overwritten. */
const vacant = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem
  const there = yield* Effect.option(fs.readDirectory(directory))
  if (Option.isSome(there) ? there.value.length === 0 : !(yield* fs.exists(directory))) return
  return yield* Failure.usage(
    `${directory} is not empty`,
    Option.isSome(there)
      ? `It has ${there.value.slice(0, 3).join(", ")} in it. Name a new directory`
      : "It is a file"
  )
})

const manifest = Effect.fnUntraced(function* (name: string, { use }: Input) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const own: unknown = JSON.parse(yield* fs.readFileString(path.join(home, "package.json")))
  const { dependencies, devDependencies, engines, version } = record(own)
  const of = (group: unknown, ...names: ReadonlyArray<string>) =>
    Object.fromEntries(names.map((each) => [each, record(group)[each]]))
  const project = {
    name:
      name
        .toLowerCase()
        .replace(/[^a-z0-9._-]+/g, "-")
        .replace(/^[._-]+/, "") || "server",
    version: "0.1.0",
    private: true,
    type: "module",
    scripts: {
      start: "node src/client.ts",
      test: "tsc && node --test",
      dev: "mcp dev src/server.ts",
      "install-claude": "mcp install src/server.ts"
    },
    dependencies: {
      ...of(dependencies, "@effect/platform-node", "effect"),
      "mcp-effect": Option.getOrElse(use, () => version)
    },
    devDependencies: of(devDependencies, "@types/node", "typescript"),
    engines
  }
  return `${JSON.stringify(project, null, 2)}\n`
})
