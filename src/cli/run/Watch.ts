/** Tells when a program may have changed: any source file of its project, node_modules and hidden folders aside. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Stream from "effect/Stream"

/** How long it has to be quiet after a change: editors write files in several steps. */
const settling = "100 millis"

/** More folders than this are not a project somebody edits. */
const most = 1000

/** Each change, once it is quiet. `onReady` is called when nothing is missed any more. */
export const changes = (file: string, onReady: () => void) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const watched = yield* folders(yield* rootOf(file))
      let missing = watched.length
      const ready = () => {
        if (--missing === 0) onReady()
      }
      return Stream.mergeAll(
        watched.map((folder) => fs.watch(folder, { onReady: ready })),
        { concurrency: "unbounded" }
      ).pipe(
        Stream.filter(({ path }) => /\.(?:[cm]?[jt]s|json)$/.test(path)),
        Stream.debounce(settling)
      )
    })
  )

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
      if (name === "node_modules" || name.startsWith(".") || found.length >= most) continue
      const inner = path.join(folder, name)
      const info = yield* Effect.option(fs.stat(inner))
      if (info._tag === "Some" && info.value.type === "Directory") found.push(inner)
    }
  }
  return found
})
