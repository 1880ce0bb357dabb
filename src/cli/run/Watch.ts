/** Tells when a program may have changed: any source file of its project, node_modules and hidden folders aside. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Stream from "effect/Stream"

/** How long it has to be quiet after a change: editors write files in several steps. */
const settling = "100 millis"

/** More folders than this are not a project somebody edits. */
const most = 1000

/** Each change, once it is quiet. `onReady` is called when nothing is missed any more. */
export const changes = (file: string, onReady: () => void) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const watched = yield* folders(yield* rootOf(file))
      let missing = watched.length
      const ready = () => {
        if (--missing === 0) onReady()
      }
      return Stream.mergeAll(
        watched.map((folder) => within(folder, ready)),
        { concurrency: "unbounded" }
      ).pipe(
        Stream.filter(({ path }) => /\.(?:[cm]?[jt]s|json)$/.test(path)),
        Stream.debounce(settling)
      )
    })
  )

/** What happens in a folder, and in folders that come to be in it. */
const within = (
  folder: string,
  onReady?: () => void
): Stream.Stream<FileSystem.WatchEvent, PlatformError, FileSystem.FileSystem | Path.Path> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const added = Effect.fnUntraced(function* (name: string) {
        const inner = path.join(folder, name)
        return isWatched(name) && (yield* isFolder(inner)) ? yield* folders(inner) : []
      })
      return fs.watch(folder, onReady && { onReady }).pipe(
        Stream.flatMap(
          (event) =>
            event._tag === "Create"
              ? Stream.concat(
                  Stream.succeed(event),
                  Stream.flatMap(Stream.fromIterableEffect(added(path.basename(event.path))), inner, {
                    concurrency: "unbounded"
                  })
                )
              : Stream.succeed(event),
          { concurrency: "unbounded" }
        )
      )
    })
  )

/** It may be gone already. */
const inner = (folder: string) => Stream.catch(within(folder), () => Stream.empty)

/** The folder of the nearest package.json, or that of the file. */
const rootOf = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  let folder = path.dirname(file)
  while (path.dirname(folder) !== folder) {
    if (yield* Effect.orElseSucceed(fs.exists(path.join(folder, "package.json")), () => false)) return folder
    folder = path.dirname(folder)
  }
  return path.dirname(file)
})

const folders = Effect.fnUntraced(function* (root: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const found = [root]
  for (const folder of found) {
    const names = yield* Effect.orElseSucceed(fs.readDirectory(folder), (): ReadonlyArray<string> => [])
    for (const name of names) {
      if (!isWatched(name) || found.length >= most) continue
      const inner = path.join(folder, name)
      if (yield* isFolder(inner)) found.push(inner)
    }
  }
  return found
})

const isWatched = (name: string) => name !== "node_modules" && !name.startsWith(".")

const isFolder = (name: string) =>
  Effect.map(
    Effect.option(FileSystem.FileSystem.use((fs) => fs.stat(name))),
    (info) => info._tag === "Some" && info.value.type === "Directory"
  )
