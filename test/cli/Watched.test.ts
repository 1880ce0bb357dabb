/** Resources that clients watch through `mcp proxy` and `mcp run --watch`. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Client from "mcp-effect/Client"
import * as StdioClient from "mcp-effect/StdioClient"
import { command, fixture, lineOf, temporary } from "./binary.ts"

const everything = fixture("everything.ts")
const [node, ...flags] = command
const uri = "note://today"
const self = { name: "watching", version: "1.0.0" }

/** Watches the resource in a subscription of its own, and waits until the server has agreed. */
const watching = Effect.fnUntraced(function* (client: Client.Service) {
  const heard = yield* Queue.unbounded<unknown>()
  const agreed = yield* Deferred.make<void>()
  const notices = client.listen(
    { resourceSubscriptions: [uri] },
    { onAcknowledged: () => void Deferred.doneUnsafe(agreed, Effect.void) }
  )
  const fiber = yield* Effect.forkChild(
    Stream.runForEach(notices, ({ params }) => Queue.offer(heard, params["uri"]))
  )
  yield* Deferred.await(agreed)
  return { fiber, next: Queue.take(heard) }
})

describe("a resource that is watched", () => {
  it.live("by two clients of a proxy is watched by one when the other leaves", () =>
    Effect.gen(function* () {
      const child = yield* Effect.acquireRelease(
        Effect.sync(() =>
          spawn(node, [...flags, "proxy", "-t", "http", "--port", "0", everything], {
            stdio: ["ignore", "ignore", "pipe"]
          })
        ),
        (child) =>
          Effect.promise(async () => {
            child.kill("SIGTERM")
            if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
          })
      )
      const [, url = ""] = yield* Effect.promise(() => lineOf(child.stderr, /^Listening at (\S+)$/))
      const [one, other] = [yield* Client.connect(url, self), yield* Client.connect(url, self)]
      const staying = yield* watching(one)
      const leaving = yield* watching(other)
      yield* one.callTool("touch")
      assert.deepStrictEqual([yield* staying.next, yield* leaving.next], [uri, uri])
      yield* Fiber.interrupt(leaving.fiber)
      yield* other.ping
      yield* one.callTool("touch")
      assert.strictEqual(yield* staying.next, uri)
    }).pipe(Effect.scoped)
  )

  for (const version of ["2026-07-28", "2025-11-25"]) {
    it.live(`is watched on when the code was loaded again, at ${version}`, () =>
      Effect.gen(function* () {
        const folder = yield* Effect.acquireRelease(Effect.sync(temporary), (folder) =>
          Effect.sync(() => folder[Symbol.dispose]())
        )
        const file = join(folder.path, "server.mjs")
        const change = () => writeFileSync(file, `export { default } from ${JSON.stringify(everything)}`)
        change()
        const said = yield* Queue.unbounded<string>()
        const client = yield* Client.connect(
          StdioClient.layer({
            command: node,
            args: [...flags, "run", "--watch", file],
            stderr: (line) => Queue.offerUnsafe(said, line)
          }),
          { ...self, versions: [version] }
        )
        const { next } = yield* watching(client)
        assert.include(yield* Queue.take(said), "watching")
        change()
        assert.include(yield* Queue.take(said), "reloaded")
        yield* client.callTool("touch")
        assert.strictEqual(yield* next, uri)
      }).pipe(Effect.scoped)
    )
  }
})
