/** Laws of every store, and what only a file has to keep. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeOAuthStore from "../../src/auth/NodeOAuthStore.ts"
import { OAuthStore } from "../../src/auth/OAuthStore.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "oauth-store-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const opened = (path: string) =>
  Effect.map(Layer.build(NodeOAuthStore.layer(path)), (context) => Context.get(context, OAuthStore))

const stores = {
  memory: Effect.map(Layer.build(OAuthStore.layerMemory), (context) => Context.get(context, OAuthStore)),
  file: Effect.flatMap(folder, (path) => Effect.orDie(opened(join(path, "a.sqlite"))))
}

for (const [kind, make] of Object.entries(stores)) {
  describe(`a store in ${kind}`, () => {
    it.effect("gives what was added, and adds nothing twice", () =>
      Effect.gen(function* () {
        const store = yield* make
        assert.isUndefined(yield* store.get("a"))
        assert.isTrue(yield* store.add("a", { value: "1" }))
        assert.isFalse(yield* store.add("a", { value: "2" }))
        assert.strictEqual(yield* store.get("a"), "1")
        yield* store.remove("a")
        assert.isTrue(yield* store.add("a", { value: "3" }))
      })
    )

    it.effect("replaces what is as expected, and nothing else", () =>
      Effect.gen(function* () {
        const store = yield* make
        assert.isFalse(yield* store.swap("a", "1", { value: "2" }))
        yield* store.add("a", { value: "1" })
        assert.isFalse(yield* store.swap("a", "0", { value: "2" }))
        const all = yield* Effect.all(
          Array.from({ length: 20 }, (_, i) => store.swap("a", "1", { value: `by ${i}` })),
          { concurrency: "unbounded" }
        )
        assert.lengthOf(
          all.filter((done) => done),
          1
        )
      })
    )

    it.effect("has nothing that is over", () =>
      Effect.gen(function* () {
        const store = yield* make
        yield* store.add("a", { value: "1", expiresAt: 1000 })
        yield* TestClock.adjust(999)
        assert.strictEqual(yield* store.get("a"), "1")
        yield* TestClock.adjust(1)
        assert.isUndefined(yield* store.get("a"))
        assert.isFalse(yield* store.swap("a", "1", { value: "2" }))
        assert.strictEqual(yield* store.count("a"), 0)
        assert.isTrue(yield* store.add("a", { value: "3", expiresAt: 2000 }), "its place is free")
        assert.isTrue(yield* store.swap("a", "3", { value: "4", expiresAt: 5000 }))
        yield* TestClock.adjust(3999)
        assert.strictEqual(yield* store.get("a"), "4")
      })
    )

    it.effect("ends a group, and only that", () =>
      Effect.gen(function* () {
        const store = yield* make
        yield* store.add("a", { value: "1", group: "g" })
        yield* store.add("b", { value: "1" })
        yield* store.add("c", { value: "1", group: "h" })
        yield* store.swap("b", "1", { value: "2", group: "g" })
        yield* store.removeGroup("g")
        assert.deepStrictEqual(yield* Effect.all(["a", "b", "c"].map(store.get)), [undefined, undefined, "1"])
      })
    )

    it.effect("counts keys by how they begin", () =>
      Effect.gen(function* () {
        const store = yield* make
        for (const key of ["client:a", "client:\u{10fffe}", "client", "clienu:", "client:b"]) {
          yield* store.add(key, { value: "1" })
        }
        assert.strictEqual(yield* store.count("client:"), 3)
      })
    )
  })
}

describe("NodeOAuthStore", () => {
  it.live("is still there after a restart, shared by those who open it, and read by nobody else", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "a.sqlite")
      yield* Effect.scoped(Effect.flatMap(opened(path), (store) => store.add("a", { value: "1" })))
      const [one, two] = [yield* opened(path), yield* opened(path)]
      assert.strictEqual(yield* one.get("a"), "1")
      assert.deepStrictEqual(
        yield* Effect.all([one.swap("a", "1", { value: "2" }), two.swap("a", "1", { value: "3" })]),
        [true, false]
      )
      for (const file of [path, `${path}-wal`]) assert.strictEqual(statSync(file).mode & 0o777, 0o600, file)
    })
  )

  it.effect("what is over leaves the file, too", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "a.sqlite")
      yield* Effect.scoped(
        Effect.gen(function* () {
          const store = yield* opened(path)
          yield* store.add("a", { value: "canary-canary-canary", expiresAt: 1 })
          yield* TestClock.adjust("1 minute")
          yield* TestClock.adjust("1 minute")
          assert.isUndefined(yield* store.get("a"))
        })
      )
      const sqlite = process.getBuiltinModule("node:sqlite")
      const database = new sqlite.DatabaseSync(path)
      const rows = database.prepare("SELECT count(*) AS n FROM entries").get()
      database.close()
      assert.deepStrictEqual({ ...rows }, { n: 0 })
      assert.isAbove(readFileSync(path).length, 0)
    })
  )

  it.effect("a file that cannot be opened is said to be one", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(opened(join(yield* folder, "no", "such", "folder.sqlite")))
      assert.deepStrictEqual([error._tag, error.message], ["OAuthStoreError", "The store failed to open"])
    })
  )
})
