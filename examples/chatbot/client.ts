/** A conversation with a model that has the tools of every server in `servers_config.json`. `quit` ends it. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Chat from "effect/ai/Chat"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Client from "mcp-effect/Client"
import * as Group from "mcp-effect/Group"
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as Model from "./model.ts"
import * as Tools from "./tools.ts"

const here = fileURLToPath(new URL(".", import.meta.url))

const Servers = Schema.fromJsonString(
  Schema.Struct({
    mcpServers: Schema.Record(
      Schema.String,
      Schema.Struct({
        command: Schema.String,
        args: Schema.optionalKey(Schema.Array(Schema.String)),
        env: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
      })
    )
  })
)

/** Every server of the file, started in its folder, under its name. */
const connected = Effect.gen(function* () {
  const text = readFileSync(`${here}/servers_config.json`, "utf8")
  const { mcpServers } = yield* Schema.decodeUnknownEffect(Servers)(text)
  const clients = Object.entries(mcpServers).map(([name, server]) => {
    const start = { ...server, cwd: here, stderr: "ignore" as const }
    return Effect.map(
      Client.connect(start, { name: "chatbot", version: "1.0.0" }),
      (client) => [name, client] as const
    )
  })
  return yield* Group.make(Object.fromEntries(yield* Effect.all(clients, { concurrency: "unbounded" })))
})

const program = Effect.gen(function* () {
  const toolkit = yield* Tools.of(yield* connected)
  const chat = yield* Chat.fromPrompt([{ role: "system", content: "Use the tools you have, and be brief." }])
  yield* Console.log(`Tools: ${Object.keys(toolkit.tools).join(", ")}`)

  const answer = Effect.fnUntraced(function* (line: string) {
    let reply = yield* chat.generateText({ prompt: line, toolkit })
    // The model goes on once it knows what its tools say. Somebody has to pay, so not for ever.
    for (let round = 0; round < 10 && reply.toolCalls.length > 0; round++) {
      reply = yield* chat.generateText({ prompt: [], toolkit })
    }
    yield* Console.log(reply.text)
  })

  yield* Stream.fromAsyncIterable(createInterface({ input: process.stdin }), String).pipe(
    Stream.takeWhile((line) => line.trim() !== "quit"),
    Stream.runForEach((line) =>
      Effect.catch(answer(line), ({ message }) => Console.log(`The model fails: ${message}`))
    )
  )
})

program.pipe(
  Effect.scoped,
  Effect.provide(Layer.provide(Model.layer, NodeHttpClient.layerUndici)),
  NodeRuntime.runMain
)
