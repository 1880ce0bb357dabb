/**
 * A lock among processes: a file that only one of them can create. The holder shows that it is alive by touching it;
 * a lock whose holder is gone is taken away.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { link, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises"
import { hostname } from "node:os"

/** A lock nobody has touched for so long has no holder. */
const abandonedAfter = 30_000

/** Holds the lock until the scope closes. Waits for whoever has it. Fails when the folder cannot be written. */
export const hold = (path: string): Effect.Effect<void, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    const mark = `${process.pid} ${hostname()} ${globalThis.crypto.randomUUID()}`
    yield* Effect.acquireRelease(acquire(path, mark), () => release(path, mark))
    yield* Effect.forkScoped(Effect.repeat(touch(path), Schedule.spaced("10 seconds")))
  })

const acquire = (path: string, mark: string): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    while (!(yield* create(path, mark))) {
      yield* Effect.promise(() => clearAbandoned(path, mark))
      yield* Effect.interruptible(Effect.sleep("20 millis"))
    }
  })

const create = (path: string, mark: string) =>
  Effect.tryPromise({
    try: () =>
      writeFile(path, mark, { flag: "wx", mode: 0o600 }).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          // Windows says EPERM while the last holder's file is still being removed.
          if (error.code === "EEXIST" || (error.code === "EPERM" && process.platform === "win32"))
            return false
          throw error
        }
      ),
    catch: (cause) => cause
  })

/**
 * Moving the file decides between several that found it abandoned: one of them gets it. Should it be a new lock by
 * then, it is put back.
 */
const clearAbandoned = async (path: string, mark: string) => {
  const found = await readFile(path, "utf8").catch(() => undefined)
  if (found === undefined || !(await isAbandoned(path, found))) return
  const aside = `${path}.${mark.slice(-12)}`
  const moved = await rename(path, aside).then(
    () => true,
    () => false
  )
  if (!moved) return
  if ((await readFile(aside, "utf8").catch(() => found)) !== found) await link(aside, path).catch(() => {})
  await rm(aside, { force: true })
}

const isAbandoned = async (path: string, found: string): Promise<boolean> => {
  const [pid, host] = found.split(" ")
  if (host === hostname() && !isRunning(Number(pid))) return true
  const touched = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => Infinity
  )
  return Date.now() - touched > abandonedAfter
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It exists, and is somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

const touch = (path: string) => Effect.promise(() => utimes(path, new Date(), new Date()).catch(() => {}))

const release = (path: string, mark: string) =>
  Effect.promise(async () => {
    const found = await readFile(path, "utf8").catch(() => undefined)
    if (found === mark) await rm(path, { force: true })
  })
