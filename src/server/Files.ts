/**
 * Files and directories as resources. A module of its own, so that a server without files does not load a file
 * system.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/resources#file
 */
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Schema from "effect/Schema"
import * as McpError from "../protocol/McpError.ts"
import * as ContainedFile from "./ContainedFile.ts"
import type { Content } from "./Contents.ts"
import * as MimeTypes from "./MimeTypes.ts"
import type { Part } from "./Part.ts"
import { isPlainPath } from "./PathSafety.ts"
import * as Resource from "./Resource.ts"

export interface Options<V = never> extends Resource.Description<V> {
  /** Larger files are not read, in bytes. Default: 16 MiB. */
  readonly maxSize?: number
}

/**
 * One file. It is text or bytes by its MIME type, which its extension tells unless the options do. The file is read
 * anew each time; while it is not there the resource is not found.
 *
 * @example
 * ```ts
 * import * as Files from "mcp-effect/Files"
 * import * as Server from "mcp-effect/Server"
 *
 * export const server = Server.make(
 *   { name: "docs", version: "1.0.0" },
 *   Files.file("docs://readme", "./README.md", { title: "Read me" }),
 *   ...Files.directory("docs://all", "./docs")
 * )
 * ```
 */
export const file = <V = never>(
  uri: string,
  path: string,
  { maxSize = most, ...options }: Options<V> = {}
): Part<FileSystem.FileSystem | V> => {
  const mimeType = options.mimeType ?? MimeTypes.ofName(path) ?? "application/octet-stream"
  return Resource.make(uri, { ...options, mimeType }, () =>
    Effect.flatMap(missing(readWhole(path, maxSize)), (bytes) =>
      bytes instanceof Uint8Array
        ? Effect.succeed([content(bytes, mimeType)])
        : Effect.fail(refuse(uri, bytes))
    )
  )
}

/** The bytes of a file, unless there are too many: of those none is read. */
const readWhole = Effect.fnUntraced(function* (path: string, maxSize: number) {
  const fs = yield* FileSystem.FileSystem
  const size = ByteSize.toNumberUnsafe((yield* fs.stat(path)).size)
  if (size > maxSize) return { refused: "large", size } satisfies ContainedFile.Refusal
  const bytes = yield* fs.readFile(path)
  // Files of the system have no size, and others may grow meanwhile.
  return bytes.length > maxSize
    ? ({ refused: "large", size: bytes.length } satisfies ContainedFile.Refusal)
    : bytes
})

export interface DirectoryOptions<V = never> extends Options<V> {
  /** Whether names that start with a dot are shown and read. Default: false. */
  readonly hidden?: boolean
  /** That of every file, whatever its extension. */
  readonly mimeType?: string
  /** How many files are listed at most. Default: 1,000. */
  readonly maxFiles?: number
}

/**
 * A directory and what is below it: a resource `uri` that lists the files as `{ "files": [...] }`, and a template
 * `uri/{+path}` that reads one. Each file shows in `resources/list`, too. Nothing outside of the directory can be
 * read, neither by names nor through links.
 */
export const directory = <V = never>(
  uri: string,
  path: string,
  { hidden = false, maxFiles = 1000, maxSize = most, mimeType, ...options }: DirectoryOptions<V> = {}
): readonly [Part<Needs | V>, Part<Needs | V>] => {
  const name = options.name ?? uri
  const shown = (file: string) =>
    isPlainPath(file) && (hidden || !file.split("/").some((each) => each.startsWith(".")))
  const files = Effect.map(listing(path, shown, maxFiles), (names) =>
    names.map((each) => ({ uri: `${uri}/${each.split("/").map(encodeURIComponent).join("/")}`, name: each }))
  )
  return [
    Resource.make(uri, { ...options, name, output: Listing }, () =>
      Effect.map(files, (found) => ({ files: found }))
    ),
    Resource.template(
      `${uri}/{+path}`,
      { ...options, ...(mimeType !== undefined && { mimeType }), name: `${name} files`, list: () => files },
      ({ path: asked }) => {
        const target = `${uri}/${String(asked)}`
        if (!shown(String(asked))) return Effect.fail(refuse(target, { refused: "absent" }))
        return Effect.flatMap(missing(ContainedFile.read(path, String(asked), { maxSize })), (bytes) =>
          bytes instanceof Uint8Array
            ? Effect.succeed([
                content(bytes, mimeType ?? MimeTypes.ofName(String(asked)) ?? "application/octet-stream")
              ])
            : Effect.fail(refuse(target, bytes))
        )
      }
    )
  ]
}

type Needs = FileSystem.FileSystem | Path.Path

const most = 16 * 1024 * 1024

const Listing = Schema.Struct({
  files: Schema.Array(Schema.Struct({ uri: Schema.String, name: Schema.String }))
})

/** The names of the files below a directory, sorted, with slashes on every system. */
const listing = Effect.fnUntraced(function* (
  directory: string,
  shown: (name: string) => boolean,
  maxFiles: number
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const names = yield* missing(fs.readDirectory(directory, { recursive: true }))
  if ("refused" in names) return []
  const candidates = names
    .map((each) => each.split(path.sep).join("/"))
    .filter(shown)
    .toSorted()
  const found: Array<string> = []
  for (const each of candidates) {
    if (found.length >= maxFiles) break
    const target = yield* missing(ContainedFile.resolve(directory, each))
    if (typeof target === "string") found.push(each)
  }
  return found
})

const absent: ContainedFile.Refusal = { refused: "absent" }

/** Whatever keeps a file from being read, for the peer it is absent; the operator is told why. */
const missing = <A, R>(
  effect: Effect.Effect<A, PlatformError, R>
): Effect.Effect<A | ContainedFile.Refusal, never, R> =>
  Effect.catch(effect, ({ reason }) =>
    reason._tag === "NotFound"
      ? Effect.succeed(absent)
      : Effect.as(Effect.logWarning("A file cannot be read", reason), absent)
  )

const refuse = (uri: string, refusal: ContainedFile.Refusal) =>
  refusal.refused === "absent"
    ? McpError.resourceNotFound(uri)
    : McpError.make(
        McpError.code.InternalError,
        `Resource too large to read: ${uri} has ${refusal.size} bytes`,
        { uri }
      )

const content = (bytes: Uint8Array, mimeType: string): Content => ({
  ...MimeTypes.decode(bytes, mimeType),
  mimeType
})
