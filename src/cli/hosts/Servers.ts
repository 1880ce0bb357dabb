/** The servers of one host: which there are, and how they come and go. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Result from "effect/Result"
import * as Failure from "../Failure.ts"
import { Machine } from "../Machine.ts"
import * as ConfigFile from "./ConfigFile.ts"
import type { Entry, Fields, Format } from "./Format.ts"
import * as Formats from "./Format.ts"
import * as Host from "./Host.ts"

/** The file of a host, whether it exists or not, unless another one is given. Fails if the host is not there. */
export const locate = Effect.fnUntraced(function* (
  host: Host.Host,
  file: string | undefined,
  project: boolean
) {
  const { cwd } = yield* Machine
  const path = yield* Path.Path
  if (file !== undefined) return path.resolve(cwd, file)
  if (project) {
    return host.project === undefined
      ? yield* Failure.usage(`${host.name} has no file for projects`)
      : path.join(cwd, ...host.project)
  }
  const places = yield* Host.places
  const home = host.home(places)
  if (!(yield* isThere(host))) {
    return yield* Failure.usage(
      `${host.app} not found: there is no ${home}`,
      "Start it once, or name its file with --config-path. mcp hosts lists what is on this machine"
    )
  }
  return host.file(places)
})

/** Whether a host is on this machine. */
export const isThere = Effect.fnUntraced(function* (host: Host.Host) {
  const fs = yield* FileSystem.FileSystem
  const places = yield* Host.places
  const found = yield* Effect.forEach([host.home(places), host.file(places)], (path) =>
    Effect.orElseSucceed(fs.exists(path), () => false)
  )
  return found.includes(true)
})

export const formatOf = ({ format }: Host.Host): Effect.Effect<Format> =>
  format === "json"
    ? Effect.map(
        Effect.promise(() => import("./Json.ts")),
        (module) => module.format
      )
    : Effect.map(
        Effect.promise(() => import("./Toml.ts")),
        (module) => module.format
      )

/** The entries of a file of the host. One that does not exist has none. */
export const read = Effect.fnUntraced(function* (host: Host.Host, file: string) {
  const text = Option.getOrElse(yield* ConfigFile.read(file), () => "")
  const format = yield* formatOf(host)
  return yield* understood(format.read(text, host.key), host, file)
})

/** A change that was not made yet. */
export interface Change {
  readonly file: string
  readonly before: string | undefined
  readonly after: string
}

/** Adds a server, or changes how it is started. */
export const add = Effect.fnUntraced(function* (host: Host.Host, file: string, name: string, entry: Entry) {
  const before = Option.getOrUndefined(yield* ConfigFile.read(file))
  const format = yield* formatOf(host)
  const entries = yield* understood(format.read(before ?? "", host.key), host, file)
  const fields = Formats.merge(entries.get(name), entry, host.extra ?? {})
  const after = yield* understood(format.set(before ?? "", host.key, name, fields), host, file, fields)
  return { file, before, after } satisfies Change
})

export const remove = Effect.fnUntraced(function* (host: Host.Host, file: string, name: string) {
  const before = Option.getOrUndefined(yield* ConfigFile.read(file))
  const format = yield* formatOf(host)
  const entries = yield* understood(format.read(before ?? "", host.key), host, file)
  if (before === undefined || !entries.has(name)) {
    const names = [...entries.keys()]
    return yield* Failure.usage(
      `${host.name} has no server ${name}`,
      names.length === 0 ? `There is none in ${file}` : `It has ${names.join(", ")}`
    )
  }
  const after = yield* understood(format.remove(before, host.key, name), host, file)
  return { file, before, after } satisfies Change
})

/** A file that cannot be understood is left as it is. */
const understood = <A>(
  result: Result.Result<A, Formats.Problem>,
  host: Host.Host,
  file: string,
  fields?: Fields
): Effect.Effect<A, Failure.Failure> =>
  Result.match(result, {
    onSuccess: (value) => Effect.succeed(value),
    onFailure: ({ message }) =>
      Effect.fail(
        Failure.usage(
          `${file}: ${message}`,
          fields === undefined
            ? `It was not changed. Mend it, and ${host.name} will be able to read it as well`
            : "It was not changed. mcp install print shows what to add by hand"
        )
      )
  })
