/** What an authorization server remembers, in one SQLite file that only its owner can read. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { closeSync, openSync } from "node:fs"
import type { DatabaseSync } from "node:sqlite"
import { OAuthStore, OAuthStoreError, sweeping } from "./OAuthStore.ts"

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    expires_at REAL NOT NULL,
    family TEXT
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS entries_by_end ON entries (expires_at);
  CREATE INDEX IF NOT EXISTS entries_by_family ON entries (family) WHERE family IS NOT NULL;
`

/** SQLite has no infinity that survives JSON tools; this is the year 287396. */
const never = Number.MAX_SAFE_INTEGER

/**
 * Opens the file, or makes it. Processes on one machine may share it. The keys that tokens are signed with are in it:
 * keep it like a private key.
 *
 * @example
 * ```ts no-run
 * import * as NodeOAuthStore from "mcp-effect/NodeOAuthStore"
 *
 * export const Store = NodeOAuthStore.layer("/var/lib/app/oauth.sqlite")
 * ```
 */
export const layer = (path: string): Layer.Layer<OAuthStore, OAuthStoreError> =>
  Layer.effect(
    OAuthStore,
    Effect.gen(function* () {
      const database = yield* Effect.acquireRelease(
        attempt("open", () => {
          // SQLite would make it as readable as the umask allows; its other files get the permissions of this one.
          closeSync(openSync(path, "a", 0o600))
          // Loaded when it is wanted: some releases of Node warn about it whoever only imports it.
          const sqlite = process.getBuiltinModule("node:sqlite")
          const opened = new sqlite.DatabaseSync(path)
          opened.exec(schema)
          return opened
        }),
        (opened) => Effect.sync(() => opened.close())
      )
      return yield* over(database)
    })
  )

const over = (database: DatabaseSync) =>
  Effect.gen(function* () {
    const read = database.prepare("SELECT value FROM entries WHERE key = ? AND expires_at > ?")
    const insert = database.prepare(`
      INSERT INTO entries (key, value, expires_at, family) VALUES (?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at, family = excluded.family
      WHERE entries.expires_at <= ?`)
    const update = database.prepare(
      "UPDATE entries SET value = ?, expires_at = ?, family = ? WHERE key = ? AND value = ? AND expires_at > ?"
    )
    const remove = database.prepare("DELETE FROM entries WHERE key = ?")
    const removeFamily = database.prepare("DELETE FROM entries WHERE family = ?")
    const count = database.prepare(
      "SELECT count(*) AS count FROM entries WHERE key >= ? AND key < ? AND expires_at > ?"
    )
    const sweep = database.prepare("DELETE FROM entries WHERE expires_at <= ?")
    const now = <A>(what: string, use: (now: number) => A) =>
      Effect.flatMap(Clock.currentTimeMillis, (time) => attempt(what, () => use(time)))

    yield* sweeping(now("sweep", (time) => sweep.run(time)))
    return OAuthStore.of({
      get: (key) =>
        now("get", (time) => {
          const value = read.get(key, time)?.["value"]
          return typeof value === "string" ? value : undefined
        }),
      add: (key, { expiresAt = never, group = null, value }) =>
        now("add", (time) => insert.run(key, value, expiresAt, group, time).changes === 1),
      swap: (key, expected, { expiresAt = never, group = null, value }) =>
        now("swap", (time) => update.run(value, expiresAt, group, key, expected, time).changes === 1),
      remove: (key) => attempt("remove", () => void remove.run(key)),
      removeGroup: (group) => attempt("removeGroup", () => void removeFamily.run(group)),
      count: (prefix) =>
        now("count", (time) => Number(count.get(prefix, `${prefix}\u{10ffff}`, time)?.["count"]))
    })
  })

const attempt = <A>(what: string, run: () => A): Effect.Effect<A, OAuthStoreError> =>
  Effect.try({
    try: run,
    catch: (cause) => new OAuthStoreError({ message: `The store failed to ${what}`, cause })
  })
