/** A token store in one file that only its owner can read, shared by all processes that name it. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import { mkdir, open, readFile, rename, rm } from "node:fs/promises"
import { dirname, resolve } from "node:path"
import * as Turns from "./client/Turns.ts"
import * as NodeFileLock from "./NodeFileLock.ts"
import { TokenStore, TokenStoreError } from "./TokenStore.ts"

const File = Schema.fromJsonString(
  Schema.Struct({ version: Schema.Literal(1), entries: Schema.Record(Schema.String, Schema.String) })
)
const decode = Schema.decodeUnknownResult(File)

/**
 * Keeps tokens in a file, as clear text, readable and writable by its owner only (mode 0600; on Windows the folder
 * decides). Changes replace the file at once, so a crash leaves the old or the new one; other processes wait for their
 * turn. A file that cannot be read is an error, and is never overwritten.
 *
 * @example
 * ```ts
 * import * as NodeTokenStore from "mcp-effect/NodeTokenStore"
 * import { homedir } from "node:os"
 * import { join } from "node:path"
 *
 * export const Tokens = NodeTokenStore.layerFile(join(homedir(), ".config", "my-client", "tokens.json"))
 * ```
 */
export const layerFile = (path: string): Layer.Layer<TokenStore> =>
  Layer.sync(TokenStore, () => make(resolve(path)))

const make = (path: string): TokenStore["Service"] => {
  const turns = Turns.make()

  const read = attempt(path, "read", async () => {
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return empty
      throw error
    })
    const file = decode(text)
    // What the parser says may quote the file.
    if (Result.isFailure(file)) throw new Error("It is not a token file of this version")
    return new Map(Object.entries(file.success.entries))
  })

  const write = (entries: ReadonlyMap<string, string>) =>
    attempt(path, "written", async () => {
      const aside = `${path}.${globalThis.crypto.randomUUID()}`
      try {
        const file = await open(aside, "wx", 0o600)
        try {
          await file.writeFile(JSON.stringify({ version: 1, entries: Object.fromEntries(entries) }))
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(aside, path)
      } catch (error) {
        await rm(aside, { force: true })
        throw error
      }
    })

  const locked = <A, E, R>(
    lock: string,
    effect: Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | TokenStoreError, R> =>
    turns(
      lock,
      Effect.scoped(
        Effect.andThen(
          attempt(path, "written", () => mkdir(dirname(path), { recursive: true, mode: 0o700 })).pipe(
            Effect.andThen(Effect.mapError(NodeFileLock.hold(lock), failed(path, "locked")))
          ),
          effect
        )
      )
    )

  const change = (with_: (entries: Map<string, string>) => void) =>
    locked(
      `${path}.lock`,
      Effect.uninterruptible(
        Effect.flatMap(read, (entries) => {
          with_(entries)
          return write(entries)
        })
      )
    )

  return TokenStore.of({
    get: (key) =>
      Effect.map(read, (entries) => {
        const value = entries.get(key)
        return value === undefined ? undefined : Redacted.make(value)
      }),
    set: (key, value) => change((entries) => entries.set(key, Redacted.value(value))),
    remove: (key) => change((entries) => entries.delete(key)),
    exclusively: (key, effect) => locked(`${path}.${digest(key)}.lock`, effect)
  })
}

const empty = JSON.stringify({ version: 1, entries: {} })

const digest = (key: string) => createHash("sha256").update(key).digest("hex").slice(0, 16)

const attempt = <A>(path: string, done: string, run: () => Promise<A>) =>
  Effect.tryPromise({ try: run, catch: failed(path, done) })

const failed = (path: string, done: string) => (cause: unknown) =>
  new TokenStoreError({ message: `The token file ${path} cannot be ${done}`, cause })
