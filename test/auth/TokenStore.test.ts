import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as NodeTokenStore from "mcp-effect/NodeTokenStore"
import { TokenStore } from "mcp-effect/TokenStore"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "tokens-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const file = Layer.unwrap(
  Effect.map(folder, (path) => NodeTokenStore.layerFile(join(path, "a", "tokens.json")))
)

const stores: ReadonlyArray<readonly [string, Layer.Layer<TokenStore>]> = [
  ["memory", TokenStore.layerMemory],
  ["key-value store", Layer.provide(TokenStore.layerKeyValueStore, KeyValueStore.layerMemory)],
  ["file", file]
]

for (const [name, layer] of stores) {
  describe(`S198: tokens in a ${name}`, () => {
    it.live("what was set is there until it is removed, and nothing else changes", () =>
      Effect.gen(function* () {
        const store = yield* TokenStore
        assert.isUndefined(yield* store.get("a"))
        yield* store.set("a", Redacted.make("1"))
        yield* store.set("__proto__", Redacted.make("2"))
        yield* store.set("a", Redacted.make("3"))
        const read = Effect.fnUntraced(function* (key: string) {
          const value = yield* store.get(key)
          return value === undefined ? undefined : Redacted.value(value)
        })
        assert.deepStrictEqual([yield* read("a"), yield* read("__proto__")], ["3", "2"])
        yield* store.remove("a")
        yield* store.remove("never there")
        assert.deepStrictEqual([yield* read("a"), yield* read("__proto__")], [undefined, "2"])
      }).pipe(Effect.provide(layer))
    )

    it.live("turns: one at a time for a key, others do not wait, and a turn that fails is over", () =>
      Effect.gen(function* () {
        const store = yield* TokenStore
        const order: Array<string> = []
        const inside = yield* Deferred.make<void>()
        const go = yield* Deferred.make<void>()
        const first = yield* Effect.forkChild(
          store.exclusively(
            "a",
            Effect.gen(function* () {
              yield* Deferred.succeed(inside, undefined)
              yield* Deferred.await(go)
              order.push("first")
              return yield* Effect.fail("no luck")
            })
          )
        )
        yield* Deferred.await(inside)
        const second = yield* Effect.forkChild(
          store.exclusively(
            "a",
            Effect.sync(() => order.push("second"))
          ),
          { startImmediately: true }
        )
        yield* store.exclusively(
          "b",
          Effect.sync(() => order.push("other"))
        )
        yield* Deferred.succeed(go, undefined)
        assert.strictEqual(yield* Effect.flip(Fiber.join(first)), "no luck")
        yield* Fiber.join(second)
        assert.deepStrictEqual(order, ["other", "first", "second"])
      }).pipe(Effect.provide(layer))
    )

    it.live("whoever is interrupted while waiting has no turn, and keeps nobody from theirs", () =>
      Effect.gen(function* () {
        const store = yield* TokenStore
        const inside = yield* Deferred.make<void>()
        const first = yield* Effect.forkChild(
          store.exclusively("a", Effect.andThen(Deferred.succeed(inside, undefined), Effect.never))
        )
        yield* Deferred.await(inside)
        const second = yield* Effect.forkChild(store.exclusively("a", Effect.die("had a turn")), {
          startImmediately: true
        })
        yield* Fiber.interrupt(second)
        yield* Fiber.interrupt(first)
        assert.strictEqual(yield* store.exclusively("a", Effect.succeed("done")), "done")
      }).pipe(Effect.provide(layer))
    )
  })
}

describe("the file", () => {
  it.live("ASEC-2, TOK-7, C16: is its owner's alone, is replaced whole, and leaves nothing behind", () =>
    Effect.gen(function* () {
      const home = yield* folder
      const path = join(home, "deep", "tokens.json")
      yield* TokenStore.use((store) =>
        store.exclusively("turn", store.set("a", Redacted.make("canary")))
      ).pipe(Effect.provide(NodeTokenStore.layerFile(path)))
      assert.strictEqual(statSync(path).mode & 0o777, process.platform === "win32" ? 0o666 : 0o600)
      assert.deepStrictEqual(JSON.parse(readFileSync(path, "utf8")), { version: 1, entries: { a: "canary" } })
      assert.deepStrictEqual(readdirSync(join(home, "deep")), ["tokens.json"])
    })
  )

  it.live("outlives the process that wrote it", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "tokens.json")
      yield* TokenStore.use((store) => store.set("a", Redacted.make("1"))).pipe(
        Effect.provide(NodeTokenStore.layerFile(path))
      )
      const value = yield* TokenStore.use((store) => store.get("a")).pipe(
        Effect.provide(NodeTokenStore.layerFile(path))
      )
      assert.strictEqual(value && Redacted.value(value), "1")
    })
  )

  for (const content of ["", "{", `{"version":2,"entries":{}}`, `{"version":1,"entries":{"a":"canary"}`]) {
    it.live(`is left alone when it cannot be read: ${content.slice(0, 30)}`, () =>
      Effect.gen(function* () {
        const path = join(yield* folder, "tokens.json")
        writeFileSync(path, content)
        const store = yield* Effect.provide(TokenStore, NodeTokenStore.layerFile(path))
        const errors = [
          yield* Effect.flip(store.get("a")),
          yield* Effect.flip(store.set("a", Redacted.make("1"))),
          yield* Effect.flip(store.remove("a"))
        ]
        assert.strictEqual(readFileSync(path, "utf8"), content)
        assert.isFalse(existsSync(`${path}.lock`))
        for (const error of errors) {
          assert.include(error.message, path)
          assert.notInclude(`${error.message} ${String(error.cause)} ${JSON.stringify(error)}`, "canary")
        }
      })
    )
  }
})

const fixture = fileURLToPath(new URL("../fixtures/auth/turns.ts", import.meta.url))

const start = (path: string, times: string) =>
  spawn(process.execPath, ["--conditions=mcp-effect-source", fixture, path, times], {
    stdio: ["ignore", "pipe", "inherit"]
  })

describe("processes that share a file", () => {
  it.live("C12: take turns", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "tokens.json")
      const children = [1, 2, 3].map(() => start(path, "10"))
      yield* Effect.promise(() => Promise.all(children.map((child) => once(child, "exit"))))
      const { entries } = JSON.parse(readFileSync(path, "utf8")) as { entries: { number: string } }
      assert.strictEqual(entries.number, "30")
    })
  )

  it.live("C12: do not wait for one that was killed", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "tokens.json")
      const holder = start(path, "hold")
      yield* Effect.promise(() => once(holder.stdout!, "data"))
      const gone = once(holder, "exit")
      holder.kill("SIGKILL")
      yield* Effect.promise(() => gone)
      const other = start(path, "1")
      yield* Effect.promise(() => once(other, "exit"))
      const { entries } = JSON.parse(readFileSync(path, "utf8")) as { entries: { number: string } }
      assert.strictEqual(entries.number, "1")
    })
  )
})
