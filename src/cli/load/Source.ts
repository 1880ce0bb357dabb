/** Finds the file somebody named, or says what is there instead. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import { nearest } from "../../server/Suggest.ts"
import * as Failure from "../Failure.ts"
import { Machine } from "../Machine.ts"

/** What finding files takes. */
export type Services = FileSystem.FileSystem | Path.Path | Machine

/** The absolute path of a program Node can load. */
export const locate = Effect.fnUntraced(function* (file: string) {
  if (/^https?:/i.test(file)) {
    return yield* Failure.usage(`Not a file: ${file} is a URL`, `On stdio it is served by mcp proxy ${file}`)
  }
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { cwd } = yield* Machine
  const absolute = path.resolve(cwd, file)
  const info = yield* Effect.option(fs.stat(absolute))
  if (info._tag === "None") {
    const hint = yield* beside(path.dirname(absolute), path.basename(absolute))
    return yield* Failure.usage(`File not found: ${absolute}`, hint)
  }
  if (info.value.type === "Directory") {
    const inside = yield* programs(absolute)
    return yield* Failure.usage(
      `Not a file: ${absolute} is a directory`,
      inside.length === 0 ? undefined : `There is ${inside.slice(0, 5).join(", ")} in it`
    )
  }
  if (!loadable.test(absolute)) {
    return yield* Failure.usage(
      `Not a program for Node: ${absolute}`,
      foreign(absolute) ?? "It has to be a .ts, .mts, .js or .mjs file"
    )
  }
  return absolute
})

const loadable = /\.[cm]?[jt]s$/

const foreign = (file: string): string | undefined => {
  if (file.endsWith(".py")) return `For servers in other languages, name their command: -- python ${file}`
  if (/\.[jt]sx$/.test(file)) return "Node does not read JSX. Compile it, or keep the server in a .ts file"
  return undefined
}

/** The name of another file nearby that was probably meant. */
const beside = Effect.fnUntraced(function* (directory: string, name: string) {
  const fs = yield* FileSystem.FileSystem
  const there = yield* Effect.option(fs.readDirectory(directory))
  if (there._tag === "None") return `There is no directory ${directory} either`
  const meant = nearest(name, there.value)
  if (meant !== undefined) return `Did you mean ${meant}?`
  const inside = yield* programs(directory)
  return inside.length === 0 ? undefined : `There is ${inside.slice(0, 5).join(", ")} in ${directory}`
})

const programs = (directory: string) =>
  FileSystem.FileSystem.use((fs) => fs.readDirectory(directory)).pipe(
    Effect.map((files) => files.filter((file) => loadable.test(file)).sort()),
    Effect.orElseSucceed((): ReadonlyArray<string> => [])
  )
