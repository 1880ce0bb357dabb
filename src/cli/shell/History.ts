/** What was typed in earlier shells. It may hold secrets and is for its owner only. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as UserDirectories from "effect/persistence/UserDirectories"

/** How many lines are kept. */
const longest = 1000

const file = Effect.gen(function* () {
  const path = yield* Path.Path
  const directories = yield* UserDirectories.UserDirectories
  return path.join(yield* directories.state("mcp-effect"), "history")
})

/** The newest first. A history that cannot be read is empty. */
export const read = Effect.flatMap(file, (name) =>
  FileSystem.FileSystem.use((fs) => fs.readFileString(name))
).pipe(
  Effect.map((text) =>
    text
      .split("\n")
      .filter((line) => line !== "")
      .reverse()
  ),
  Effect.orElseSucceed((): ReadonlyArray<string> => [])
)

export const write = Effect.fnUntraced(
  function* (lines: ReadonlyArray<string>) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const name = yield* file
    yield* fs.makeDirectory(path.dirname(name), { recursive: true })
    yield* fs.writeFileString(name, lines.slice(0, longest).reverse().join("\n"), { mode: 0o600 })
  },
  (written) => Effect.ignore(written)
)
