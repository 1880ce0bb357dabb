/**
 * Files of one directory and of no other, whatever their names say and whatever the links among them point to.
 */
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import { isPlainPath } from "./PathSafety.ts"

/** Why there is no content: `absent` also stands for everything that must not be given away. */
export type Refusal = { readonly refused: "absent" } | { readonly refused: "large"; readonly size: number }

const absent: Refusal = { refused: "absent" }

export interface Limits {
  /** In bytes. */
  readonly maxSize: number
}

/**
 * Reads a file below a directory. The path is checked as text, then as what it really is once links are followed;
 * after the file is open it must still be the one that was checked, so that a link swapped in between is noticed. A
 * file with a second name elsewhere (a hard link) is refused, because where its content belongs cannot be told.
 */
export const read = (
  directory: string,
  name: string,
  limits: Limits
): Effect.Effect<Uint8Array | Refusal, PlatformError, FileSystem.FileSystem | Path.Path> =>
  isPlainPath(name) ? Effect.scoped(readChecked(directory, name, limits)) : Effect.succeed(absent)

const readChecked = Effect.fnUntraced(function* (directory: string, name: string, { maxSize }: Limits) {
  const fs = yield* FileSystem.FileSystem
  const target = yield* resolve(directory, name)
  if (target === undefined) return absent
  const file = yield* fs.open(target, { flag: "r", noFollow: true })
  const info = yield* file.stat
  const now = yield* resolve(directory, name)
  if (now === undefined || now !== target || !same(info, yield* fs.stat(now))) return absent
  const size = ByteSize.toNumberUnsafe(info.size)
  if (size > maxSize) return { refused: "large", size } satisfies Refusal
  return yield* readAll(file, size)
})

/** Where a name leads when links are followed; `undefined` unless that is an ordinary file inside the directory. */
export const resolve = Effect.fnUntraced(function* (directory: string, name: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const root = yield* fs.realPath(directory)
  const target = yield* fs.realPath(path.join(root, name))
  if (!target.startsWith(root.endsWith(path.sep) ? root : root + path.sep)) return undefined
  const info = yield* fs.stat(target)
  return info.type === "File" && Option.getOrElse(info.nlink, () => 1n) <= 1n ? target : undefined
})

const same = (a: FileSystem.File.Info, b: FileSystem.File.Info) =>
  a.type === "File" && a.dev === b.dev && Option.getOrUndefined(a.ino) === Option.getOrUndefined(b.ino)

const readAll = Effect.fnUntraced(function* (file: FileSystem.File, size: number) {
  const bytes = new Uint8Array(size)
  let filled = 0
  while (filled < size) {
    const count = yield* file.read(bytes.subarray(filled))
    if (count === 0) break
    filled += count
  }
  return bytes.subarray(0, filled)
})
