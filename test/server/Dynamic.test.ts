import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Dynamic from "../../src/server/Dynamic.ts"
import type { Event } from "../../src/server/Events.ts"
import type { Part } from "../../src/server/Part.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import { ask, refused } from "./ask.ts"

const info = { name: "demo", version: "1.0.0" }
const tool = (name: string): Part<never> => ({
  _tag: "Tool",
  descriptor: { name },
  handle: () => Effect.succeed({ content: [] })
})
const names = (server: Server.Server) =>
  Effect.map(ask(server, "tools/list"), ({ result }) =>
    (result["tools"] as ReadonlyArray<{ readonly name: string }>).map(({ name }) => name)
  )
/** What is said on standard error meanwhile. */
const warnings = <A>(effect: Effect.Effect<A, unknown>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const { warn } = console
      const said: Array<string> = []
      console.warn = (text: string) => void said.push(text)
      return { said, warn }
    }),
    ({ said }) => Effect.map(effect, (value) => ({ said, value })),
    ({ warn }) =>
      Effect.sync(() => {
        console.warn = warn
      })
  )
/** Lets microtasks run. */
const settle = Effect.promise(() => Promise.resolve())

describe("Dynamic", () => {
  it.effect("S057: tools come and go while the server runs", () =>
    Effect.gen(function* () {
      const plugins = Dynamic.make()
      const server = Server.make(info, tool("fixed"), plugins.part)
      assert.deepStrictEqual(yield* names(server), ["fixed"])
      yield* plugins.add(tool("one"), tool("two"))
      assert.deepStrictEqual(yield* names(server), ["fixed", "one", "two"])
      yield* ask(server, "tools/call", { name: "two" })
      assert.isTrue(yield* plugins.remove("tools", "two"))
      assert.isFalse(yield* plugins.remove("tools", "two"))
      assert.deepStrictEqual(yield* names(server), ["fixed", "one"])
      assert.strictEqual((yield* refused(server, "tools/call", { name: "two" })).code, -32602)
    })
  )

  it.effect("S215: a burst of changes is one event for each kind", () =>
    Effect.gen(function* () {
      const plugins = Dynamic.make()
      const server = Server.make(info, plugins.part)
      const heard: Array<Event["_tag"]> = []
      const stop = server.events.subscribe(({ _tag }) => heard.push(_tag))
      for (let index = 0; index < 50; index++) yield* plugins.add(tool(`t${index}`))
      yield* plugins.add(Resource.text("a://b", {}, ""))
      yield* plugins.remove("tools", "t1")
      yield* settle
      assert.deepStrictEqual(heard, ["ToolsChanged", "ResourcesChanged"])
      yield* plugins.add(tool("later"))
      yield* settle
      assert.deepStrictEqual(heard, ["ToolsChanged", "ResourcesChanged", "ToolsChanged"])
      stop()
      yield* plugins.add(tool("unheard"))
      yield* settle
      assert.strictEqual(heard.length, 3)
    })
  )

  it.effect("S058: what is there for good cannot be replaced at run time; what was added can", () =>
    Effect.gen(function* () {
      const plugins = Dynamic.make()
      const server = Server.make(info, Resource.text("a://fixed", {}, "fixed"), plugins.part)
      const read = (uri: string) =>
        Effect.map(ask(server, "resources/read", { uri }), ({ result }) => JSON.stringify(result["contents"]))
      yield* plugins.add(Resource.text("a://fixed", {}, "mine now"), Resource.text("a://b", {}, "first"))
      const { said, value } = yield* warnings(read("a://fixed"))
      assert.include(value, '"fixed"')
      assert.match(said.join(), /Two parts of the server claim "a:\/\/fixed"/)
      yield* plugins.remove("resources", "a://fixed")
      yield* plugins.add(Resource.text("a://b", {}, "second"))
      assert.include(yield* read("a://b"), "second")
    })
  )

  it.effect("S171: a kind that was not declared cannot be added", () =>
    Effect.gen(function* () {
      const plugins = Dynamic.make({ kinds: ["tools"] })
      const both = plugins.add(tool("one"), Resource.text("a://b", {}, ""))
      assert.strictEqual((yield* Effect.exit(both))._tag, "Failure")
      assert.deepStrictEqual(yield* names(Server.make(info, plugins.part)), [], "all or none")
    })
  )

  it("S028: what parts added later may need is asked for from the start", () => {
    const plugins = Dynamic.make<{ readonly _: unique symbol }>()
    // @ts-expect-error it is not provided
    const server: Server.Server = Server.make(info, plugins.part)
    assert.isDefined(server)
  })
})
