/** Somebody else's configuration file: read as a whole, replaced as a whole or not at all. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Random from "effect/Random"
import * as Failure from "../Failure.ts"

/** What a new file may be read by: it can hold secrets. */
const privately = 0o600

/** The text of a file; none if it does not exist. */
export const read = (file: string) =>
  FileSystem.FileSystem.use((fs) => fs.readFileString(file)).pipe(
    Effect.map(Option.some),
    Effect.catchIf(
      (error) => error.reason._tag === "NotFound",
      () => Effect.succeed(Option.none<string>())
    ),
    Effect.mapError((error) =>
      Failure.usage(`Cannot read ${file}: ${error.reason.description ?? error.reason._tag}`)
    )
  )

/** Where the previous version of a file is kept. */
export const backupOf = (file: string): string => `${file}.bak`

/**
 * Replaces a file in one step: whoever reads it sees the old text or the new one. The old one is kept beside it. Mode
 * and symbolic links stay as they are.
 */
export const write = Effect.fnUntraced(
  function* (file: string, text: string) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    yield* fs.makeDirectory(path.dirname(file), { recursive: true })
    const real = yield* Effect.orElseSucceed(fs.realPath(file), () => file)
    const info = yield* Effect.option(fs.stat(real))
    const mode = Option.match(info, { onNone: () => privately, onSome: ({ mode }) => mode & 0o7777 })
    if (Option.isSome(info)) yield* fs.copyFile(real, backupOf(real))
    const temporary = `${real}.${(yield* Random.next).toString(36).slice(2)}.tmp`
    yield* fs.writeFileString(temporary, text, { mode, flag: "wx" }).pipe(
      Effect.andThen(fs.chmod(temporary, mode)),
      Effect.andThen(fs.rename(temporary, real)),
      Effect.onError(() => Effect.ignore(fs.remove(temporary, { force: true })))
    )
  },
  (written, file) =>
    Effect.mapError(written, (error: PlatformError) =>
      Failure.usage(
        `Cannot write ${file}: ${error.reason.description ?? error.reason._tag}`,
        "Nothing was changed"
      )
    )
)
