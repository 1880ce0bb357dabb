/** The server and a client in one process: no child, no port. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Client from "mcp-effect/Client"
import * as Loopback from "mcp-effect/Loopback"
import assert from "node:assert/strict"
import { test } from "node:test"
import server from "../src/server.ts"
import { Add } from "../src/tools.ts"

const Connected = Layer.provide(Client.layer({ name: "test", version: "1.0.0" }), Loopback.layer(server))

const withClient = <A, E>(use: (client: Client.Service) => Effect.Effect<A, E>) =>
  Effect.runPromise(Effect.provide(Client.Client.use(use), Connected))

test("adds", async () => {
  assert.equal(await withClient((client) => client.call(Add, { a: 2, b: 40 })), 42)
})

test("greets", async () => {
  const { contents } = await withClient((client) => client.readResource("greeting://Ada"))
  assert.deepEqual(contents, [{ uri: "greeting://Ada", mimeType: "text/plain", text: "Hello, Ada!" }])
})
