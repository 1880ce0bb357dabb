/** Loads somebody's program into this process, and explains in their terms why it cannot be loaded. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import { nearest } from "../../server/Suggest.ts"
import * as Failure from "../Failure.ts"
import { record } from "../hosts/Format.ts"
import { Machine } from "../Machine.ts"
import { type Exports, exportsOf } from "./Exports.ts"

export const load = Effect.fnUntraced(function* (
  file: string
): Effect.fn.Return<
  Exports,
  Failure.Failure,
  FileSystem.FileSystem | Path.Path | ChildProcessSpawner | Machine
> {
  const path = yield* Path.Path
  const url = yield* Effect.orDie(path.toFileUrl(file))
  const namespace: object = yield* Effect.tryPromise({
    try: () => import(url.href) as Promise<object>,
    catch: (thrown) => thrown
  }).pipe(Effect.catch((thrown) => Effect.flatMap(explain(thrown, file, url.href), Effect.fail)))
  return exportsOf(namespace)
})

const explain = Effect.fnUntraced(function* (thrown: unknown, file: string, url: string) {
  if (!(thrown instanceof Error)) return Failure.usage(`${file} threw ${String(thrown)} while it was loaded`)
  switch ((thrown as NodeJS.ErrnoException).code) {
    case "ERR_PACKAGE_PATH_NOT_EXPORTED":
      return yield* unexported(thrown.message, file)
    case "ERR_MODULE_NOT_FOUND":
      return Failure.usage(relativeTo(thrown.message), missing(thrown.message))
    case "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX":
      return Failure.usage(
        yield* withPlace(thrown, url),
        "Node removes types and runs the rest. Avoid enum, namespace and parameter properties, or compile the file"
      )
    case "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING":
      return Failure.usage(thrown.message, "Node runs no TypeScript in node_modules. Name a compiled file")
    default:
      return thrown instanceof SyntaxError
        ? Failure.usage(yield* withPlace(thrown, url))
        : Failure.usage(
            `${file} failed while it was loaded: ${thrown.name}: ${thrown.message}`,
            origin(thrown)
          )
  }
})

/** A package says which of its modules others may import. The name that was meant is among them, as a rule. */
const unexported = Effect.fnUntraced(function* (message: string, importer: string) {
  const fs = yield* FileSystem.FileSystem
  const [, subpath = "", manifest = ""] = /subpath '\.\/([^']+)' .* in (.*package\.json)/.exec(message) ?? []
  const text = yield* Effect.orElseSucceed(fs.readFileString(manifest), () => "{}")
  const { exports, name } = record(JSON.parse(text))
  if (typeof name !== "string") return Failure.usage(message)
  const modules = Object.keys(record(exports)).flatMap((key) => (key.startsWith("./") ? [key.slice(2)] : []))
  const meant = nearest(subpath, modules)
  return Failure.usage(
    `There is no ${name}/${subpath} in the package ${name} for ${importer}`,
    meant === undefined ? undefined : `Did you mean ${name}/${meant}?`
  )
})

const relativeTo = (message: string) =>
  message.replace(/^Cannot find/, "There is no").replace("imported from", "for")

const missing = (message: string): string => {
  const name = /package '([^']+)'/.exec(message)?.[1]
  return name === undefined
    ? "Relative imports name the file with its extension: ./tools.ts"
    : `Install it beside the file: npm install ${name}. Or lend it to this run: --with ${name}`
}

/** The first line of somebody else's code on the way to an error. */
const origin = ({ stack = "" }: Error): string | undefined =>
  stack
    .split("\n")
    .map((line) => line.trim())
    .find(
      (line) => /^at .*file:\/\//.test(line) && !/[\\/]node_modules[\\/]|[\\/]cli[\\/]load[\\/]/.test(line)
    )

/**
 * A syntax error with its file, its line and the line itself. Node tells them for TypeScript and for bad imports; for
 * JavaScript it tells nobody but the terminal, so a second Node is asked. That runs nothing: the file cannot be linked.
 */
const withPlace = Effect.fnUntraced(function* (error: Error, url: string) {
  const told = located(error.stack ?? "")
  if (told !== undefined) return told(error.message)
  const { self } = yield* Machine
  const spawner = yield* ChildProcessSpawner
  const script = `import ${JSON.stringify(url)}`
  const again = ChildProcess.make(self.command, ["--input-type=module", "--eval", script])
  const report = yield* Effect.orElseSucceed(spawner.string(again, { includeStderr: true }), () => "")
  return (located(report) ?? ((message) => `${pathOf(url)}: ${message}`))(error.message)
})

/** Reads `file:line`, some lines of code, and a line of carets, which an end that comes too early has not. */
const located = (report: string): ((message: string) => string) | undefined => {
  const place = /^(\S.*\.[cm]?[jt]s:\d+)$/m.exec(report)
  if (place === null) return undefined
  const code = /^(?:.*\n){0,8}?(.*)\n(\s*\^+)$/m.exec(report.slice(place.index + place[0].length + 1))
  const shown = code === null ? "" : `\n\n  ${code[1]}\n  ${code[2]}`
  return (message) => `${pathOf(place[1]!)}: ${message}${shown}`
}

/** Node writes some places as URLs; a drive letter then has a slash before it. */
const pathOf = (place: string) => place.replace(/^file:\/\/(?:\/(?=[a-z]:))?/i, "")
