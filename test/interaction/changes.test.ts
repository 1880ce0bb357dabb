/** What a server says when something changes, and notifications of the client. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as Client from "mcp-effect/Client"
import { battery } from "./battery.ts"

battery("changes", (it) => {
  it.effect("TOOL-5, TOOL-6, S211: a tool that comes and goes is told of, listed and callable", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const ready = yield* Latch.make()
      const changes = yield* Queue.unbounded<Client.Notice>()
      yield* client.listen({ toolsListChanged: true }, { onAcknowledged: () => ready.openUnsafe() }).pipe(
        Stream.runForEach((notice) => Queue.offer(changes, notice)),
        Effect.forkScoped
      )
      yield* ready.await
      const names = Effect.map(client.tools, (tools) => tools.map((tool) => tool.name))
      yield* client.callTool("plug")
      assert.strictEqual((yield* Queue.take(changes)).method, "notifications/tools/list_changed")
      assert.include(yield* names, "extra")
      assert.deepStrictEqual((yield* client.callTool("extra")).content, [{ type: "text", text: "extra" }])
      yield* client.callTool("unplug")
      assert.strictEqual((yield* Queue.take(changes)).method, "notifications/tools/list_changed")
      assert.notInclude(yield* names, "extra")
    })
  )

  it.effect(
    "PRMT-3, RSRC-3, S209, S210, S215: so are prompts and resources, and only what was asked for",
    () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const ready = yield* Latch.make()
        const changes = yield* Queue.unbounded<Client.Notice>()
        yield* client
          .listen(
            { promptsListChanged: true, resourcesListChanged: true },
            { onAcknowledged: () => ready.openUnsafe() }
          )
          .pipe(
            Stream.runForEach((notice) => Queue.offer(changes, notice)),
            Effect.forkScoped
          )
        yield* ready.await
        const told = Effect.map(Queue.takeN(changes, 2), (notices) => notices.map(({ method }) => method))
        const both = ["notifications/prompts/list_changed", "notifications/resources/list_changed"]
        yield* client.callTool("plug")
        yield* client.callTool("plug_more")
        assert.sameMembers(yield* told, both)
        const prompts = Effect.map(client.prompts, (all) => all.map(({ name }) => name))
        const resources = Effect.map(client.resources, (all) => all.map(({ uri }) => uri))
        assert.include(yield* prompts, "extra")
        assert.include(yield* resources, "note://extra")
        yield* client.callTool("unplug")
        yield* client.callTool("unplug_more")
        assert.sameMembers(yield* told, both)
        assert.notInclude(yield* prompts, "extra")
        assert.notInclude(yield* resources, "note://extra")
      })
  )

  it.effect("RSRC-4, SUBS-1, S210: a watched resource is told of", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const ready = yield* Latch.make()
      const changes = yield* client
        .listen({ resourceSubscriptions: ["note://today"] }, { onAcknowledged: () => ready.openUnsafe() })
        .pipe(Stream.take(1), Stream.runCollect, Effect.forkChild)
      yield* ready.await
      yield* client.callTool("touch")
      const [first] = yield* Fiber.join(changes)
      assert.include(JSON.stringify(first), "note://today")
    })
  )

  it.effect("S164: a method of one's own", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const result = yield* client.request("example.com/double", { value: 21 })
      assert.strictEqual(result["doubled"], 42)
    })
  )

  it.effect("ERR-9: an unknown method is -32601", () =>
    Effect.gen(function* () {
      const client = yield* Client.Client
      const error = yield* Effect.flip(client.request("example.com/nothing", {}))
      assert(error._tag === "McpError", error._tag)
      assert.strictEqual(error.code, -32601)
    })
  )
})
