/** The official reference server, which knows sessions only, behind a proxy: over both transports, in both eras. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import * as Client from "mcp-effect/Client"
import * as StdioClient from "mcp-effect/StdioClient"
import { command, complaint, lineOf, mcp } from "./binary.ts"

const everything = [
  process.execPath,
  fileURLToPath(import.meta.resolve("@modelcontextprotocol/server-everything/dist/index.js"))
]
const [node, ...flags] = command

/** A proxy that listens, as long as the scope lasts; gives its URL. */
const listening = (...args: ReadonlyArray<string>) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const child = spawn(node, [...flags, "proxy", "--port", "0", ...args], {
          stdio: ["ignore", "ignore", "pipe"]
        })
        const [, url = ""] = await lineOf(child.stderr, /^Listening at (\S+)$/)
        return { child, url }
      }),
      ({ child }) =>
        Effect.promise(async () => {
          child.kill("SIGTERM")
          if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
        })
    ),
    ({ url }) => url
  )

const stdio = (...args: ReadonlyArray<string>) =>
  StdioClient.layer({ command: node, args: [...flags, "proxy", ...args], stderr: "ignore" })

const connect = (front: "stdio" | "http", options: Partial<Client.Options>) => {
  const all = { name: "interop", version: "1.0.0", ...options }
  const behind = ["--", ...everything]
  return front === "stdio"
    ? Client.connect(stdio("-t", "stdio", ...behind), all)
    : Effect.flatMap(listening("-t", "http", ...behind), (url) => Client.connect(url, all))
}

const textOf = ({ content }: Client.CallToolResult) =>
  content.map((block) => ("text" in block ? block.text : `(${block.type})`)).join("\n")

for (const front of ["http", "stdio"] as const) {
  for (const version of ["2026-07-28", "2025-11-25"]) {
    describe(`server-everything behind a proxy on ${front}, at ${version}`, () => {
      it.live("is itself: lists, calls, resources, prompts, and errors", () =>
        Effect.gen(function* () {
          const client = yield* connect(front, { versions: [version] })
          assert.strictEqual(client.server.protocolVersion, version)
          assert.strictEqual(client.server.info.name, "mcp-servers/everything")
          assert.include(
            (yield* client.tools).map(({ name }) => name),
            "get-tiny-image"
          )
          assert.strictEqual(textOf(yield* client.callTool("echo", { message: "Grüße" })), "Echo: Grüße")
          const { contents } = yield* client.readResource("demo://resource/dynamic/text/7")
          assert.match("text" in contents[0]! ? contents[0].text : "", /^Resource 7: /)
          const { messages } = yield* client.getPrompt("args-prompt", { city: "Bern" })
          assert.strictEqual(messages.length, 1)
          const refused = yield* Effect.flip(client.getPrompt("no-such-prompt"))
          assert.strictEqual(refused._tag === "McpError" && refused.code, -32602)
        }).pipe(Effect.scoped)
      )

      it.live("progress passes, and interruption stops the call behind", () =>
        Effect.gen(function* () {
          const client = yield* connect(front, { versions: [version] })
          const heard: Array<number> = []
          const onProgress = ({ progress }: Client.Progress) => Effect.sync(() => heard.push(progress))
          const long = { duration: 0.03, steps: 3 }
          yield* client.callTool("trigger-long-running-operation", long, { onProgress })
          assert.deepStrictEqual(heard, [1, 2, 3])
          const begun = yield* Deferred.make<void>()
          const call = yield* Effect.forkChild(
            client.callTool(
              "trigger-long-running-operation",
              { duration: 60, steps: 600 },
              { onProgress: () => Deferred.succeed(begun, undefined) }
            )
          )
          yield* Deferred.await(begun)
          yield* Fiber.interrupt(call)
          yield* client.ping
        }).pipe(Effect.scoped)
      )

      it.live("questions pass: forms, models and roots; each call is made once", () =>
        Effect.gen(function* () {
          const client = yield* connect(front, {
            versions: [version],
            elicit: () => Effect.succeed(Client.accept({ name: "Ada", check: true, integer: 7 })),
            sample: ({ maxTokens }) =>
              Effect.succeed({
                role: "assistant",
                model: "parrot",
                content: { type: "text", text: `At most ${maxTokens}` }
              }),
            roots: [{ uri: "file:///srv", name: "Data" }]
          })
          assert.match(textOf(yield* client.callTool("trigger-elicitation-request")), /- Name: Ada/)
          const sampled = yield* client.callTool("trigger-sampling-request", { prompt: "Hm?", maxTokens: 9 })
          assert.match(textOf(sampled), /At most 9/)
        }).pipe(Effect.scoped)
      )

      it.live("what was subscribed to is told", () =>
        Effect.gen(function* () {
          const uri = "demo://resource/dynamic/text/1"
          const updates = yield* Queue.unbounded<unknown>()
          const client = yield* connect(front, {
            versions: [version],
            onNotification: ({ method, params }) =>
              method === "notifications/resources/updated" ? Queue.offer(updates, params["uri"]) : Effect.void
          })
          yield* client.subscribe(uri)
          yield* client.callTool("toggle-subscriber-updates")
          assert.strictEqual(yield* Queue.take(updates), uri)
        }).pipe(Effect.scoped)
      )
    })
  }
}

describe("mcp proxy", () => {
  it.live("from HTTP to stdio: the reverse is the default for a URL", () =>
    Effect.gen(function* () {
      const url = yield* listening("--", ...everything)
      const client = yield* Client.connect(stdio(url), { name: "interop", version: "1.0.0" })
      assert.strictEqual(client.server.protocolVersion, "2026-07-28")
      assert.strictEqual(textOf(yield* client.callTool("echo", { message: "twice" })), "Echo: twice")
    }).pipe(Effect.scoped)
  )

  it.live("changes of lists pass", () =>
    Effect.gen(function* () {
      const target = fileURLToPath(new URL("../fixtures/cli/everything.ts", import.meta.url))
      const changed = yield* Deferred.make<void>()
      const client = yield* Client.connect(stdio("-t", "stdio", target), {
        name: "interop",
        version: "1.0.0",
        versions: ["2025-11-25"],
        onNotification: ({ method }) =>
          method === "notifications/tools/list_changed" ? Deferred.succeed(changed, undefined) : Effect.void
      })
      yield* client.callTool("plug")
      yield* Deferred.await(changed)
      assert.include(
        (yield* client.tools).map(({ name }) => name),
        "extra"
      )
    }).pipe(Effect.scoped)
  )

  it("a server that cannot be started is told before anything listens", async () => {
    assert.match(
      complaint(await mcp(["proxy", "--", "no-such-command"])),
      /^2: error: Cannot start no-such-command/
    )
  })
})
