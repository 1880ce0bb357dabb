/**
 * Everything that goes over the wire while a client uses everything a server has: the bytes on a pair of pipes, as
 * they were written, and what they say.
 */
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Stream from "effect/Stream"
import * as Client from "mcp-effect/Client"
import type * as JsonRpc from "mcp-effect/JsonRpc"
import * as StdioClient from "mcp-effect/StdioClient"
import * as StdioServer from "mcp-effect/StdioServer"
import { Transform } from "node:stream"
import * as Everything from "../fixtures/everything.ts"

/** A message as it was read from the wire. Tests look at members that it should not have. */
export interface Message {
  readonly from: "client" | "server"
  readonly jsonrpc?: unknown
  readonly id?: JsonRpc.Id
  readonly method?: string
  readonly params?: JsonRpc.Params
  readonly result?: JsonRpc.Params
  readonly error?: JsonRpc.Fault
}

export class Wire extends Context.Service<
  Wire,
  {
    /** The bytes of each side. */
    readonly bytes: { readonly client: Buffer; readonly server: Buffer }
    /** Each line of both sides, parsed, in the order in which they were written. */
    readonly messages: ReadonlyArray<Message>
  }
>()("test/Wire") {}

/** What goes in one direction, a line at a time. */
const tapped = (from: Message["from"], messages: Array<Message>) => {
  const chunks: Array<Buffer> = []
  let rest = ""
  const pipe = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk)
      const lines = (rest + chunk.toString()).split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) messages.push({ ...JSON.parse(line), from })
      done(null, chunk)
    }
  })
  return { pipe, bytes: () => Buffer.concat(chunks) }
}

/** Text of every kind that a careless transport would break. */
const awkward = 'é 漢 🧵 \n\r\t\u2028\u0085\u0000 " \\ \ufeff'

const answers: Partial<Client.Options> = {
  elicit: () => Effect.succeed(Client.accept({ size: "M", colour: "red" })),
  elicitUrl: () => Effect.succeed(Client.accept()),
  sample: () => Effect.succeed({ role: "assistant", content: { type: "text", text: "hi" }, model: "fake" }),
  roots: [{ uri: "file:///project" }],
  logLevel: "debug"
}

/** A conversation at one revision in which everything is said once. */
const converse = Effect.fnUntraced(function* (client: Client.Service) {
  yield* client.tools
  yield* client.resources
  yield* client.resourceTemplates
  yield* client.prompts
  yield* client.callTool("add", { a: 1, b: 2 })
  yield* client.callTool("order", { sku: awkward, count: 1 })
  yield* client.callTool("order", { sku: "x", count: 4 })
  yield* client.callTool("kinds")
  yield* client.callTool("count", { to: 2 }, { onProgress: () => Effect.void })
  yield* client.callTool("log")
  yield* client.readResource("note://today")
  yield* client.getPrompt("plain")
  yield* client.complete({ type: "ref/prompt", name: "review" }, { name: "code", value: "1" })
  yield* client.request("example.com/double", { value: 21 })
  yield* client.notify("notifications/example.com/nudge")
  yield* client.sendRootsChanged
  yield* client.ping
  for (const tool of ["ask", "ask_both", "ask_twice", "ask_url", "ask_model", "ask_roots"]) {
    yield* Effect.ignore(client.callTool(tool))
  }
  for (const tool of ["refuse", "die", "no_such_tool"]) yield* refused(client.callTool(tool))
  yield* Effect.ignore(client.callTool("add", { a: "one" }))
  yield* refused(client.readResource("note://nowhere"))
  yield* refused(client.request("example.com/nothing", {}))
  yield* interrupt(client)
  yield* Effect.all(
    [1, 2, 3].map((a) => client.callTool("add", { a, b: 1 })),
    { concurrency: "unbounded" }
  )
  yield* listen(client)
})

const refused = <A>(effect: Effect.Effect<A, Client.ClientError>) => Effect.orDie(Effect.flip(effect))

const interrupt = Effect.fnUntraced(function* (client: Client.Service) {
  const started = yield* Deferred.make<void>()
  const call = yield* Effect.forkChild(
    client.callTool("forever", {}, { onProgress: () => Deferred.succeed(started, undefined) })
  )
  yield* Deferred.await(started)
  yield* Fiber.interrupt(call)
})

const listen = Effect.fnUntraced(function* (client: Client.Service) {
  const ready = yield* Latch.make()
  const change = yield* client
    .listen(
      { toolsListChanged: true, resourceSubscriptions: ["note://today"] },
      { onAcknowledged: () => ready.openUnsafe() }
    )
    .pipe(Stream.take(2), Stream.runDrain, Effect.forkChild)
  yield* ready.await
  yield* client.callTool("plug")
  yield* client.callTool("touch")
  yield* Fiber.join(change)
})

/** The whole conversation at one revision, or as a client without preferences has it. */
export const layer = (version?: string): Layer.Layer<Wire, Client.ClientError> =>
  Layer.effect(
    Wire,
    Effect.gen(function* () {
      const messages: Array<Message> = []
      const there = tapped("client", messages)
      const back = tapped("server", messages)
      const transport = StdioClient.streams(
        `pipes ${version}`,
        Effect.succeed({ input: back.pipe, output: there.pipe })
      )
      yield* Effect.forkScoped(StdioServer.run(Everything.make(), { input: there.pipe, output: back.pipe }))
      yield* Effect.scoped(
        Effect.flatMap(
          Client.connect(transport, {
            name: "wire",
            version: "1.0.0",
            ...answers,
            ...(version !== undefined && { versions: [version] })
          }),
          converse
        )
      )
      return { bytes: { client: there.bytes(), server: back.bytes() }, messages }
    })
  ).pipe(Layer.provide(Logger.layer([])))
