/** A transport of one's own: the framing of stdio over a Unix socket. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Client from "mcp-effect/Client"
import * as StdioClient from "mcp-effect/StdioClient"
import * as StdioServer from "mcp-effect/StdioServer"
import { mkdtempSync, rmSync } from "node:fs"
import { connect, createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Everything from "../fixtures/everything.ts"

/** A path where a server listens and serves everybody who connects, until the scope closes. */
const listening = Effect.gen(function* () {
  const folder = mkdtempSync(join(tmpdir(), "mcp-socket-"))
  yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true })))
  const path = join(folder, "it.sock")
  const mcp = Everything.make()
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  const sockets = new Set<Socket>()
  const serving: Array<Fiber.Fiber<void>> = []
  const server = createServer((socket) => {
    sockets.add(socket)
    serving.push(fork(StdioServer.run(mcp, { input: socket, output: socket })))
  })
  yield* Effect.callback<void>((resume) => void server.listen(path, () => resume(Effect.void)))
  const hangUp = Effect.sync(() => {
    for (const socket of sockets) socket.destroy()
  })
  yield* Effect.addFinalizer(() =>
    Effect.andThen(
      hangUp,
      Effect.callback<void>((resume) => void server.close(() => resume(Effect.void)))
    )
  )
  return { path, hangUp, serving }
})

const socket = (path: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => connect(path)),
      (socket) => Effect.sync(() => socket.destroy())
    ),
    (socket) => ({ input: socket, output: socket })
  )

const connected = (path: string, version: string, options: Partial<Client.Options> = {}) =>
  Client.connect(StdioClient.streams(path, socket(path)), {
    name: "socket",
    version: "1.0.0",
    versions: [version],
    ...options
  })

describe("a Unix socket", () => {
  for (const [row, version] of [
    ["XPORT-1", "2025-11-25"],
    ["XPORT-2", "2026-07-28"]
  ] as const) {
    it.live(`${row}, XPORT-4: carries calls, questions, progress and cancellation at ${version}`, () =>
      Effect.gen(function* () {
        const { path } = yield* listening
        const client = yield* connected(path, version, {
          elicit: () => Effect.succeed(Client.accept({ size: "M" }))
        })
        assert.strictEqual(client.server.protocolVersion, version)
        const { content } = yield* client.callTool("ask")
        assert.deepStrictEqual(content, [{ type: "text", text: "size M" }])
        const started = yield* Deferred.make<void>()
        const call = yield* Effect.forkChild(
          client.callTool("forever", {}, { onProgress: () => Deferred.succeed(started, undefined) })
        )
        yield* Deferred.await(started)
        yield* Fiber.interrupt(call)
        const stopped = yield* client.callTool("stopped")
        assert.deepStrictEqual(stopped.content, [{ type: "text", text: "1" }])
      }).pipe(Effect.scoped)
    )
  }

  it.live(
    "S022: a connection that is lost ends what served it, fails what waits for it, and the next request opens another",
    () =>
      Effect.gen(function* () {
        const { hangUp, path, serving } = yield* listening
        const client = yield* connected(path, "2026-07-28")
        const started = yield* Deferred.make<void>()
        const call = yield* Effect.forkChild(
          Effect.flip(
            client.callTool("forever", {}, { onProgress: () => Deferred.succeed(started, undefined) })
          )
        )
        yield* Deferred.await(started)
        yield* hangUp
        assert.strictEqual((yield* Fiber.join(call))._tag, "TransportError")
        yield* Fiber.join(serving[0]!)
        yield* client.callTool("add", { a: 1, b: 2 })
        assert.lengthOf(serving, 2)
      }).pipe(Effect.scoped)
  )
})
