import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Client from "../../src/client/Client.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Tool from "../../src/server/Tool.ts"
import * as Revisions from "../../src/protocol/Revisions.ts"
import * as Loopback from "../../src/transport/Loopback.ts"
import * as everything from "./server.ts"

const connect = Effect.fnUntraced(function* (version: string, options: Partial<Client.Options> = {}) {
  const made = yield* everything.make
  const client = yield* Client.connect(Loopback.layer(made.server), {
    name: "test",
    version: "1.0.0",
    versions: [version],
    ...options
  })
  return { ...made, client }
})

describe.each(Revisions.all.map(({ era, version }) => ({ era, version })))(
  "Client at $version",
  ({ era, version }) => {
    it.effect("S183: says who the server is and what was negotiated", () =>
      Effect.gen(function* () {
        const { client } = yield* connect(version)
        assert.strictEqual(client.server.info.name, "everything")
        assert.strictEqual(client.server.instructions, "Try it.")
        assert.strictEqual(client.server.protocolVersion, version)
        assert.strictEqual(client.server.era, era)
        assert.property(client.server.capabilities, "tools")
      })
    )

    it.effect("S186: lists tools over several pages, whole and as a stream", () =>
      Effect.gen(function* () {
        const { client } = yield* connect(version)
        const names = ["add", "find", "order", "count", "sleep", "think"].toSorted()
        assert.deepStrictEqual((yield* client.tools).map(({ name }) => name).toSorted(), names)
        const streamed = yield* Stream.runCollect(client.streamTools)
        assert.deepStrictEqual(streamed.map(({ name }) => name).toSorted(), names)
        const page = yield* client.listTools()
        assert.strictEqual(page.tools.length, 3)
        assert.isString(page.nextCursor)
      })
    )

    it.effect("S186: calls a tool by its contract", () =>
      Effect.gen(function* () {
        const { client } = yield* connect(version)
        assert.strictEqual(yield* client.call(everything.Add, { a: 2, b: 40 }), 42)
        const found = yield* client.call(everything.Find, { id: 1 })
        assert.deepStrictEqual(found, { title: "One", published: new Date(0) })
      })
    )

    it.effect("a failure the contract declares comes back as itself", () =>
      Effect.gen(function* () {
        const { client } = yield* connect(version)
        const failure = yield* Effect.flip(client.call(everything.Find, { id: 7 }))
        assert.instanceOf(failure, everything.NoSuchBook)
        assert.strictEqual(failure._tag === "NoSuchBook" && failure.id, 7)
      })
    )

    it.effect("a call by name gives the result a model would see", () =>
      Effect.gen(function* () {
        const { client } = yield* connect(version)
        yield* client.tools
        const sum = yield* client.callTool("add", { a: 1, b: 2 })
        assert.deepStrictEqual(sum.content[0], { type: "text", text: "3" })
        const failed = yield* client.callTool("find", { id: 9 })
        assert.isTrue(failed.isError)
      })
    )

    it.effect("S189: an unknown tool fails as a protocol error", () =>
      Effect.gen(function* () {
        const { client } = yield* connect(version)
        const error = yield* Effect.flip(client.callTool("ad"))
        assert.strictEqual(error._tag === "McpError" && error.code, -32602)
      })
    )

    it.effect("S185: lists and reads resources and templates", () =>
      Effect.gen(function* () {
        const { client } = yield* connect(version)
        assert.deepStrictEqual(
          (yield* client.resources).map(({ uri }) => uri),
          ["memo://one"]
        )
        assert.deepStrictEqual(
          (yield* client.resourceTemplates).map(({ name }) => name),
          ["greeting"]
        )
        const { contents } = yield* client.readResource("greeting://Ada")
        assert.deepStrictEqual(
          contents.map((each) => ("text" in each ? each.text : each.blob)),
          ["Hello, Ada!"]
        )
      })
    )

    it.effect("S185, ERR-7: an unknown resource fails with one code in every revision", () =>
      Effect.gen(function* () {
        const { client } = yield* connect(version)
        const error = yield* Effect.flip(client.readResource("nothing://here"))
        assert.strictEqual(error._tag === "McpError" && error.code, -32602)
      })
    )

    it.effect("S184: lists and gets prompts", () =>
      Effect.gen(function* () {
        const { client } = yield* connect(version)
        assert.deepStrictEqual(
          (yield* client.prompts).map(({ name }) => name),
          ["review"]
        )
        const { messages } = yield* client.getPrompt("review", { code: "1 + 1" })
        assert.deepStrictEqual(messages, [
          { role: "user", content: { type: "text", text: "Please review: 1 + 1" } }
        ])
      })
    )

    it.effect("S187: pings", () => Effect.flatMap(connect(version), ({ client }) => client.ping))

    it.effect("progress is heard in order and before the result", () =>
      Effect.gen(function* () {
        const { client } = yield* connect(version)
        const heard: Array<number> = []
        const onProgress = ({ progress }: Client.Progress) => Effect.sync(() => heard.push(progress))
        yield* client.call(everything.Count, { to: 3 }, { onProgress })
        assert.deepStrictEqual(heard, [1, 2, 3])
      })
    )

    it.effect("progress is a stream that ends with the result", () =>
      Effect.gen(function* () {
        const { client } = yield* connect(version)
        const said = yield* Stream.runCollect(
          Client.reported((onProgress) => client.call(everything.Count, { to: 2 }, { onProgress }))
        )
        assert.deepStrictEqual(said, [
          { _tag: "Progress", progress: 1, total: 2 },
          { _tag: "Progress", progress: 2, total: 2 },
          { _tag: "Result", result: "counted to 2" }
        ])
      })
    )

    it.effect("S182: log messages of the level asked for reach the handler", () =>
      Effect.gen(function* () {
        const logged = yield* Deferred.make<Client.LogMessage>()
        const { client } = yield* connect(version, {
          logLevel: "warning",
          onLog: (message) => Deferred.succeed(logged, message)
        })
        yield* client.call(everything.Count, { to: 1 })
        const { data, level } = yield* Deferred.await(logged)
        assert.deepStrictEqual({ data, level }, { data: "counted to 1", level: "warning" })
      })
    )

    it.effect("interrupting a call cancels it at the server", () =>
      Effect.gen(function* () {
        const { asleep, client, woken } = yield* connect(version)
        const call = yield* Effect.forkChild(client.call(everything.Sleep, {}))
        yield* asleep
        yield* Fiber.interrupt(call)
        assert.strictEqual(yield* woken, "interrupted")
      })
    )

    it.effect(
      "S188, LIFE-16, LIFE-17: a silent server leads to RequestTimeout, and the call is cancelled",
      () =>
        Effect.gen(function* () {
          const { asleep, client, woken } = yield* connect(version)
          const call = yield* Effect.forkChild(Effect.flip(client.call(everything.Sleep, {})))
          yield* asleep
          yield* TestClock.adjust("60 seconds")
          const error = yield* Fiber.join(call)
          assert.strictEqual(error._tag, "RequestTimeout")
          assert.strictEqual(error.message, "tools/call: the server said nothing for 60000 ms")
          assert.strictEqual(yield* woken, "interrupted")
        })
    )

    it.effect("live lists show what was added", () =>
      Effect.gen(function* () {
        const { client, extras } = yield* connect(version)
        const seen = yield* Deferred.make<ReadonlyArray<Client.Tool>>()
        const first = yield* Deferred.make<void>()
        const watching = yield* client.live.tools.pipe(
          Stream.runForEach((tools) =>
            Effect.andThen(
              Deferred.succeed(first, undefined),
              tools.some(({ name }) => name === "late") ? Deferred.succeed(seen, tools) : Effect.void
            )
          ),
          Effect.forkChild
        )
        yield* Deferred.await(first)
        yield* extras.add(Tool.handle(Tool.make("late"), () => "here"))
        assert.strictEqual((yield* Deferred.await(seen)).length, 7)
        yield* Fiber.interrupt(watching)
      })
    )

    it.effect("listen tells about changes of the kinds it was asked for", () =>
      Effect.gen(function* () {
        const { client, extras } = yield* connect(version)
        const ready = yield* Deferred.make<void>()
        const change = yield* client
          .listen(
            { resourcesListChanged: true },
            { onAcknowledged: () => Deferred.doneUnsafe(ready, Effect.void) }
          )
          .pipe(Stream.runHead, Effect.forkChild)
        yield* Deferred.await(ready)
        yield* extras.add(Tool.handle(Tool.make("late"), () => "here"))
        yield* extras.add(Resource.text("memo://late", { name: "late" }, "here"))
        const notice = Option.getOrThrow(yield* Fiber.join(change))
        assert.strictEqual(notice.method, "notifications/resources/list_changed")
      })
    )
  }
)

const asking = Revisions.all.filter(({ version }) => version >= "2025-06-18")

describe.each(asking.map(({ version }) => ({ version })))("Questions at $version", ({ version }) => {
  it.effect("S181: a form is filled in, defaults included, while deadlines stand still", () =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<Client.FormRequest>()
      const answer = yield* Deferred.make<Client.ElicitResult>()
      const { client } = yield* connect(version, {
        elicit: (form) => Effect.andThen(Deferred.succeed(asked, form), Deferred.await(answer))
      })
      const call = yield* Effect.forkChild(client.call(everything.Order, {}))
      const { message } = yield* Deferred.await(asked)
      assert.strictEqual(message, "Which size?")
      yield* TestClock.adjust("2 minutes")
      yield* Deferred.succeed(answer, Client.accept({ size: "large", hot: true }))
      assert.strictEqual(yield* Fiber.join(call), "large, hot")
    })
  )

  it.effect("ELIC-40: an answer that does not fit the form is not sent", () =>
    Effect.gen(function* () {
      const { client } = yield* connect(version, {
        elicit: () => Effect.succeed(Client.accept({ size: "huge", hot: true }))
      })
      const error = yield* Effect.flip(client.call(everything.Order, {}))
      assert.match(error.message, /size/)
    })
  )
})

describe.each(Revisions.all.map(({ version }) => ({ version })))("Sampling at $version", ({ version }) => {
  it.effect("S181: a model of the client answers", () =>
    Effect.gen(function* () {
      const { client } = yield* connect(version, {
        sample: () =>
          Effect.succeed({ role: "assistant", model: "parrot", content: { type: "text", text: "Hm." } })
      })
      assert.strictEqual(yield* client.call(everything.Think, {}), '{"type":"text","text":"Hm."}')
    })
  )
})
