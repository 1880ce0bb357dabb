/** Our client against the official reference server, over a child process's stdio: everything that one exercises. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import { fileURLToPath } from "node:url"
import * as Client from "../../src/client/Client.ts"
import * as Tool from "../../src/server/Tool.ts"
import type { Duplex } from "../../src/transport/Duplex.ts"
import * as StdioClient from "../../src/transport/StdioClient.ts"

const everything: StdioClient.StdioClientOptions = {
  command: process.execPath,
  args: [fileURLToPath(import.meta.resolve("@modelcontextprotocol/server-everything/dist/index.js"))],
  stderr: "ignore"
}

const connect = (options: Partial<Client.Options> = {}, transport = StdioClient.layer(everything)) =>
  Client.connect(transport, { name: "interop", version: "1.0.0", ...options })

const textOf = ({ content }: Client.CallToolResult) =>
  content.map((block) => ("text" in block ? block.text : `(${block.type})`)).join("\n")

const Weather = Tool.make("get-structured-content", {
  input: { location: Schema.String },
  output: Schema.Struct({ temperature: Schema.Finite, conditions: Schema.String, humidity: Schema.Finite })
})

describe("official server-everything 2026.8.31", () => {
  it.live("S004: a server without server/discover is spoken to in 2025-11-25", () =>
    Effect.gen(function* () {
      const client = yield* connect()
      const { era, info, protocolVersion } = client.server
      assert.deepStrictEqual({ era, protocolVersion }, { era: "stateful", protocolVersion: "2025-11-25" })
      assert.strictEqual(info.name, "mcp-servers/everything")
      yield* client.ping
    })
  )

  it.live.each(["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"])(
    "S004: a client of %s lists, calls, reads and prompts",
    (version) =>
      Effect.gen(function* () {
        const client = yield* connect({ versions: [version] })
        assert.strictEqual(client.server.protocolVersion, version)
        assert.includeMembers(
          (yield* client.tools).map(({ name }) => name),
          ["echo", "get-sum", "get-tiny-image", "trigger-long-running-operation"]
        )
        assert.strictEqual(textOf(yield* client.callTool("echo", { message: "Grüße" })), "Echo: Grüße")
        assert.strictEqual(
          textOf(yield* client.callTool("get-sum", { a: 2, b: 40 })),
          "The sum of 2 and 40 is 42."
        )
        assert.strictEqual((yield* client.resourceTemplates).length, 2)
        const { contents } = yield* client.readResource("demo://resource/dynamic/text/7")
        assert.match("text" in contents[0]! ? contents[0].text : "", /^Resource 7: /)
        const { messages } = yield* client.getPrompt("args-prompt", { city: "Bern" })
        assert.deepStrictEqual(messages, [
          { role: "user", content: { type: "text", text: "What's weather in Bern?" } }
        ])
      })
  )

  it.live("S004: images, structured content, links and embedded resources arrive whole", () =>
    Effect.gen(function* () {
      const client = yield* connect()
      const { content } = yield* client.callTool("get-tiny-image")
      assert.deepStrictEqual(
        content.map(({ type }) => type),
        ["text", "image", "text"]
      )
      assert.deepStrictEqual(yield* client.call(Weather, { location: "Chicago" }), {
        temperature: 36,
        conditions: "Light rain / drizzle",
        humidity: 82
      })
      const links = yield* client.callTool("get-resource-links", { count: 2 })
      const link = links.content[1]
      const { contents } = yield* client.readResource(link?.type === "resource_link" ? link.uri : "")
      assert.property(contents[0], "blob")
      const embedded = yield* client.callTool("get-resource-reference", { resourceId: 3 })
      assert.strictEqual(embedded.content[1]?.type, "resource")
    })
  )

  it.live("S004: what is wrong with arguments is told as a failure of the tool", () =>
    Effect.gen(function* () {
      const client = yield* connect()
      const refused = yield* client.callTool("get-sum", { a: "two" })
      assert.isTrue(refused.isError)
      const missing = yield* Effect.flip(client.readResource("demo://nothing"))
      assert.strictEqual(missing._tag === "McpError" && missing.code, -32602)
    })
  )

  it.live("S004: progress is heard in order and before the result", () =>
    Effect.gen(function* () {
      const client = yield* connect()
      const heard: Array<Client.Progress> = []
      const result = yield* client.callTool(
        "trigger-long-running-operation",
        { duration: 0.03, steps: 3 },
        { onProgress: (progress) => Effect.sync(() => heard.push(progress)) }
      )
      assert.match(textOf(result), /^Long running operation completed/)
      assert.deepStrictEqual(heard, [
        { progress: 1, total: 3 },
        { progress: 2, total: 3 },
        { progress: 3, total: 3 }
      ])
    })
  )

  it.live("S004: a cancelled call is not answered, and the next one is", () =>
    Effect.gen(function* () {
      const opened = yield* Deferred.make<Duplex>()
      const open = Effect.tap(StdioClient.open(everything), (duplex) => Deferred.succeed(opened, duplex))
      const client = yield* connect({}, Layer.succeed(Client.Transport, { target: "everything", open }))
      const begun = yield* Deferred.make<void>()
      const work = { duration: 0.3, steps: 3 }
      const call = yield* Effect.forkChild(
        client.callTool("trigger-long-running-operation", work, {
          onProgress: () => Deferred.succeed(begun, undefined)
        })
      )
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(call)
      // It begins later and takes as long, so an answer to the first one would have been heard when this one ends.
      yield* client.callTool("trigger-long-running-operation", work)
      const { unmatched } = (yield* Deferred.await(opened)).counts()
      assert.strictEqual(unmatched, 0, "the server answered a call that was cancelled")
    })
  )

  it.live("S004: a form is filled in, a page visited, a model asked, and roots are told", () =>
    Effect.gen(function* () {
      const client = yield* connect({
        elicit: () => Effect.succeed(Client.accept({ name: "Ada", check: true, integer: 7 })),
        elicitUrl: ({ url }) => Effect.succeed(url.startsWith("https:") ? Client.accept() : Client.decline),
        sample: ({ maxTokens }) =>
          Effect.succeed({
            role: "assistant",
            model: "parrot",
            content: { type: "text", text: `At most ${maxTokens}` }
          }),
        roots: [{ uri: "file:///srv", name: "Data" }]
      })
      const form = textOf(yield* client.callTool("trigger-elicitation-request"))
      assert.match(form, /User provided the requested information/)
      assert.match(form, /- Name: Ada\n- Agreed to terms: true\n[\s\S]*- Favorite Integer: 7/)
      const visited = yield* client.callTool("trigger-url-elicitation", { url: "https://example.com/" })
      assert.match(textOf(visited), /User completed the URL elicitation flow/)
      const sampled = yield* client.callTool("trigger-sampling-request", { prompt: "Hm?", maxTokens: 9 })
      assert.match(textOf(sampled), /At most 9/)
      assert.match(textOf(yield* client.callTool("get-roots-list")), /1\. Data\n {3}URI: file:\/\/\/srv/)
    })
  )

  it.live("S004: a subscribed resource tells of its updates", () =>
    Effect.gen(function* () {
      const uri = "demo://resource/dynamic/text/1"
      const updates = yield* Queue.unbounded<unknown>()
      const client = yield* connect({
        onNotification: ({ method, params }) =>
          method === "notifications/resources/updated" ? Queue.offer(updates, params["uri"]) : Effect.void
      })
      yield* client.subscribe(uri)
      yield* client.callTool("toggle-subscriber-updates")
      assert.strictEqual(yield* Queue.take(updates), uri)
      yield* client.unsubscribe(uri)
      // Left on, it would keep the server running when its input ends.
      yield* client.callTool("toggle-subscriber-updates")
    })
  )

  it.live("S004: log messages of the level asked for arrive", () =>
    Effect.gen(function* () {
      const logged = yield* Queue.unbounded<Client.LogMessage>()
      const client = yield* connect({
        logLevel: "info",
        onLog: (message) => Queue.offer(logged, message)
      })
      // The server logs a subscription at level info.
      yield* client.subscribe("demo://resource/dynamic/text/1")
      const { data, level } = yield* Queue.take(logged)
      assert.strictEqual(level, "info")
      assert.match(String(data), /Received Subscribe Resource request/)
      yield* client.setLogLevel("error")
      yield* client.subscribe("demo://resource/dynamic/text/2")
      yield* client.ping
      assert.strictEqual(yield* Queue.size(logged), 0)
    })
  )

  it.live("S004: arguments are completed, given those that are settled", () =>
    Effect.gen(function* () {
      const client = yield* connect()
      const prompt = { type: "ref/prompt", name: "completable-prompt" } as const
      const departments = yield* client.complete(prompt, { name: "department", value: "S" })
      assert.deepStrictEqual(departments.values, ["Sales", "Support"])
      const names = yield* client.complete(prompt, { name: "name", value: "" }, { department: "Engineering" })
      assert.deepStrictEqual(names.values, ["Alice", "Bob", "Charlie"])
    })
  )
})
