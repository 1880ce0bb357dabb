/**
 * Packages lent to one run: installed into a folder of the cache, and found there by a program that does not find
 * them where it is. The same packages are installed once.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as UserDirectories from "effect/persistence/UserDirectories"
import { createHash } from "node:crypto"
import { registerHooks } from "node:module"
import * as Failure from "../Failure.ts"
import { Machine } from "../Machine.ts"
import * as Npm from "../Npm.ts"

/** What somebody wants to be lent. */
export interface Wanted {
  /** Packages by name, maybe with a version. */
  readonly with: ReadonlyArray<string>
  /** Directories of packages that are being worked on: linked, not copied. */
  readonly withEditable: ReadonlyArray<string>
}

/** The wanted packages, sorted, each once, directories absolute. Fails if a directory is none. */
export const settled = Effect.fnUntraced(function* (wanted: Wanted) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { cwd } = yield* Machine
  const withEditable = yield* Effect.forEach(wanted.withEditable, (directory) => {
    const absolute = path.resolve(cwd, directory)
    return Effect.flatMap(Effect.option(fs.stat(absolute)), (info) =>
      info._tag === "Some" && info.value.type === "Directory"
        ? Effect.succeed(absolute)
        : Effect.fail(
            Failure.usage(`Not a directory: ${absolute}`, "--with-editable takes that of a package")
          )
    )
  })
  const once = (values: ReadonlyArray<string>) => [...new Set(values)].sort()
  return { with: once(wanted.with), withEditable: once(withEditable) } satisfies Wanted
})

/** The flags that say the same again. */
export const flags = (wanted: Wanted): ReadonlyArray<string> => [
  ...wanted.with.flatMap((name) => ["--with", name]),
  ...wanted.withEditable.flatMap((directory) => ["--with-editable", directory])
]

/** Lends packages to whatever is imported from now on, until the scope closes. */
export const lend = Effect.fnUntraced(function* (wanted: Wanted) {
  const path = yield* Path.Path
  const folder = yield* installed(wanted)
  if (folder === undefined) return
  const { href } = yield* Effect.orDie(path.toFileUrl(path.join(folder, "package.json")))
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      registerHooks({
        resolve: (specifier, context, next) => {
          try {
            return next(specifier, context)
          } catch (error) {
            if (!isBare(specifier) || codeOf(error) !== "ERR_MODULE_NOT_FOUND") throw error
            return next(specifier, { ...context, parentURL: href })
          }
        }
      })
    ),
    (hooks) => Effect.sync(() => hooks.deregister())
  )
})

const isBare = (specifier: string) => !/^(?:[./]|[a-z]+:)/i.test(specifier)

const codeOf = (error: unknown) =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined

/** The folder the packages are in, if there are any. Fails with what npm said if they cannot be had. */
export const installed = Effect.fnUntraced(function* (wanted: Wanted, notice?: string) {
  const specs = [...wanted.with, ...wanted.withEditable]
  if (specs.length === 0) return undefined
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const directories = yield* UserDirectories.UserDirectories
  const cache = yield* Effect.orDie(directories.cache("mcp-effect"))
  const id = createHash("sha256").update(specs.join("\n")).digest("hex").slice(0, 16)
  const folder = path.join(cache, "packages", id)
  const ready = path.join(folder, "ready")
  if (yield* Effect.orElseSucceed(fs.exists(ready), () => false)) return folder
  if (notice !== undefined) yield* Console.error(notice)
  yield* Effect.orDie(fs.makeDirectory(folder, { recursive: true }))
  yield* Effect.orDie(fs.writeFileString(path.join(folder, "package.json"), '{ "private": true }\n'))
  yield* Npm.run(["install", ...specs], folder, specs.join(" "))
  yield* Effect.orDie(fs.writeFileString(ready, ""))
  return folder
})
