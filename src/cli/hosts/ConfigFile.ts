/** Somebody else's configuration file: read as a whole, replaced as a whole or not at all. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as Failure from "../Failure.ts"

/** What a new file may be read by: it can hold secrets. */
const privately = 0o600

/** The text of a file; none if it does not exist. Bytes that are no text would not survive, so they are refused. */
export const read = Effect.fnUntraced(function* (file: string) {
  const bytes = yield* FileSystem.FileSystem.use((fs) => fs.readFile(file)).pipe(
    Effect.map(Option.some),
    Effect.catchIf(
      (error) => error.reason._tag === "NotFound",
      () => Effect.succeed(Option.none<Uint8Array>())
    ),
    Effect.mapError((error) =>
      Failure.usage(`Cannot read ${file}: ${error.reason.description ?? error.reason._tag}`)
    )
  )
  if (Option.isNone(bytes)) return Option.none<string>()
  return yield* Effect.try({
    try: () => Option.some(new TextDecoder("utf-8", { fatal: true }).decode(bytes.value)),
    catch: () => Failure.usage(`${file} is no UTF-8 text`, "It was not changed. Save it as UTF-8")
  })
})

/** Where the previous version of a file is kept. */
const backupOf = (file: string): string => `${file}.bak`

/** Some editors begin a file with it, and some applications look for it. */
const mark = "\ufeff"

const hasMark = (file: string) =>
  FileSystem.FileSystem.use((fs) => fs.readFile(file)).pipe(
    Effect.map((bytes) => Buffer.from(bytes.subarray(0, 3)).toString() === mark),
    Effect.orElseSucceed(() => false)
  )

/** The file itself, behind symbolic links, even if it is not there yet. Links may be a circle. */
const real = (file: string, most = 40): Effect.Effect<string, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const there = yield* Effect.option(fs.realPath(file))
    if (Option.isSome(there)) return there.value
    const link = yield* Effect.option(fs.readLink(file))
    return Option.isSome(link) && most > 0
      ? yield* real(path.resolve(path.dirname(file), link.value), most - 1)
      : file
  })

/** How long others may take, and from when on a lock was left behind by somebody who died. */
const patience = { each: "50 millis", times: 200, stale: 10_000 } as const

/**
 * Lets one process at a time read a file and replace it. The lock is a directory beside it, as other programs have
 * it, too.
 */
export const exclusively = <A, E, R>(file: string, change: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    lock(file),
    () => change,
    (name) => FileSystem.FileSystem.use((fs) => Effect.ignore(fs.remove(name, { recursive: true })))
  )

const lock = Effect.fnUntraced(
  function* (file: string) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const name = `${yield* real(file)}.lock`
    yield* fs.makeDirectory(path.dirname(name), { recursive: true })
    const abandoned = Effect.gen(function* () {
      const { mtime } = yield* fs.stat(name)
      const now = yield* Clock.currentTimeMillis
      if (Option.isSome(mtime) && now - mtime.value.getTime() > patience.stale)
        yield* fs.remove(name, { recursive: true })
    })
    yield* fs.makeDirectory(name).pipe(
      Effect.tapError((error) =>
        error.reason._tag === "AlreadyExists" ? Effect.ignore(abandoned) : Effect.void
      ),
      Effect.retry({
        while: (error) => error.reason._tag === "AlreadyExists",
        schedule: Schedule.spaced(patience.each),
        times: patience.times
      })
    )
    return name
  },
  (locked, file) => Effect.mapError(locked, unwritable(file))
)

const unwritable =
  (file: string) =>
  ({ reason }: PlatformError): Failure.Failure =>
    Failure.usage(`Cannot write ${file}: ${reason.description ?? reason._tag}`, "Nothing was changed")

/**
 * Replaces a file in one step: whoever reads it sees the old text or the new one. The old one is kept beside it. Mode,
 * symbolic links and the mark some files begin with stay as they are. Gives back where the old one is.
 */
export const write = Effect.fnUntraced(
  function* (file: string, text: string) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const target = yield* real(file)
    yield* fs.makeDirectory(path.dirname(target), { recursive: true })
    const info = yield* Effect.option(fs.stat(target))
    const mode = Option.match(info, { onNone: () => privately, onSome: ({ mode }) => mode & 0o7777 })
    if (Option.isSome(info)) yield* fs.copyFile(target, backupOf(target))
    const whole = (yield* hasMark(target)) ? mark + text : text
    const temporary = `${target}.${(yield* Random.next).toString(36).slice(2)}.tmp`
    yield* fs.writeFileString(temporary, whole, { mode, flag: "wx" }).pipe(
      Effect.andThen(fs.chmod(temporary, mode)),
      Effect.andThen(fs.rename(temporary, target)),
      Effect.onError(() => Effect.ignore(fs.remove(temporary, { force: true })))
    )
    return Option.isSome(info) ? backupOf(target) : undefined
  },
  (written, file) => Effect.mapError(written, unwritable(file))
)
