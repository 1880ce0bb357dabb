import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Method from "../../src/server/Method.ts"
import * as Server from "../../src/server/Server.ts"
import { ask } from "./ask.ts"

const info = { name: "demo", version: "1.0.0" }

describe("Method", () => {
  it.effect("S164: methods of one's own are served, standard ones replaced", () =>
    Effect.gen(function* () {
      const server = Server.make(
        info,
        Method.make("com.example/echo", ({ params }) => Effect.succeed({ echo: params["a"] })),
        Method.make("tools/list", () => Effect.succeed({ tools: [{ name: "by hand" }] }))
      )
      assert.strictEqual((yield* ask(server, "com.example/echo", { a: 1 })).result["echo"], 1)
      assert.deepStrictEqual((yield* ask(server, "tools/list")).result["tools"], [{ name: "by hand" }])
    })
  )

  it.effect("S045: its handler is a function, an async function or an Effect", () =>
    Effect.gen(function* () {
      for (const part of [
        Method.make("x/y", () => ({ a: 1 })),
        Method.make("x/y", async () => ({ a: 1 })),
        Method.make("x/y", () => Effect.succeed({ a: 1 }))
      ]) {
        assert.strictEqual((yield* ask(Server.make(info, part), "x/y")).result["a"], 1)
      }
      const heard: Array<string> = []
      const server = Server.make(
        info,
        Method.notification("x/z", () => void heard.push("plain")),
        Method.notification("x/z", async () => void heard.push("async")),
        Method.notification("x/z", () => Effect.sync(() => void heard.push("Effect")))
      )
      yield* server.hear("x/z", {})
      assert.deepStrictEqual(heard, ["plain", "async", "Effect"])
    })
  )

  it.effect("S164: every listener of a notification hears it, and only of it", () =>
    Effect.gen(function* () {
      const heard: Array<unknown> = []
      const hear = (name: string) =>
        Method.notification("com.example/ping", (params) =>
          Effect.sync(() => void heard.push([name, params["a"]]))
        )
      const server = Server.make(info, hear("one"), hear("two"))
      yield* server.hear("com.example/ping", { a: 1 })
      yield* server.hear("com.example/pong", { a: 1 })
      yield* server.hear("toString", {})
      assert.deepStrictEqual(heard, [
        ["one", 1],
        ["two", 1]
      ])
    })
  )
})
