import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { readdirSync, readFileSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import { Transport, TransportError } from "../../src/client/Transport.ts"
import { Outbox } from "../../src/Connection.ts"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import type { Duplex } from "../../src/transport/Duplex.ts"
import * as StdioClient from "../../src/transport/StdioClient.ts"
import * as StdioProcess from "../../src/transport/StdioProcess.ts"
import { fixture, start } from "../fixtures/stdio/program.ts"

const options = (mode = "plain", more: Partial<StdioClient.StdioClientOptions> = {}) => ({
  command: process.execPath,
  args: [fixture("child.mjs"), mode],
  stderr: "ignore" as const,
  ...more
})

const nowhere: Outbox["Service"] = { say: () => Effect.void }

const call = (
  connection: Pick<Duplex, "send">,
  method: string,
  params: JsonRpc.Params = {},
  id: JsonRpc.Id = 1
) =>
  Effect.map(
    Effect.provideService(connection.send(JsonRpc.request(id, method, params)), Outbox, nowhere),
    (response) => (response !== undefined && !JsonRpc.isFailure(response) ? response.result : undefined)
  )

/** Collects stderr, and waits for lines of it. */
const listening = () => {
  const lines = Effect.runSync(Queue.unbounded<string>())
  const until = (text: string): Effect.Effect<string> =>
    Effect.flatMap(Queue.take(lines), (line) => (line.includes(text) ? Effect.succeed(line) : until(text)))
  return { stderr: (line: string) => void Queue.offerUnsafe(lines, line), until }
}

const sign = (connection: Pick<Duplex, "send">) => call(connection, "echo", { is: "alive" })

const descriptors = () => readdirSync(process.platform === "linux" ? "/proc/self/fd" : "/dev/fd").length

const endOf = (error: TransportError) => error.cause as StdioProcess.Ended

describe("StdioClient", () => {
  it.live("S176: starts a program with arguments no shell reads, in its working directory", () =>
    Effect.gen(function* () {
      const strange = ["plain", "a b", "$(touch x)", "; exit 1", "*", '"', "%PATH%"]
      const folder = realpathSync(tmpdir())
      const server = yield* StdioClient.open(
        options("", { args: [fixture("child.mjs"), ...strange], cwd: folder })
      )
      assert.deepStrictEqual(yield* call(server, "arguments"), { arguments: strange })
      assert.deepStrictEqual(yield* call(server, "cwd"), { cwd: folder })
    })
  )

  it.live("G5/S177: the child sees the allow list and what it was given, and no secret of ours", () =>
    Effect.gen(function* () {
      process.env["CANARY_TOKEN"] = "canary"
      const server = yield* StdioClient.open(options("plain", { env: { OWN: "yes" } }))
      const env = yield* call(server, "env")
      delete process.env["CANARY_TOKEN"]
      const allowed = /^(HOME|LOGNAME|PATH|SHELL|TERM|USER|OWN|__CF_USER_TEXT_ENCODING)$/
      assert.deepStrictEqual(
        Object.keys(env ?? {}).filter((name) => !allowed.test(name)),
        []
      )
      assert.deepInclude(env, { OWN: "yes", PATH: process.env["PATH"] })
      assert.notInclude(JSON.stringify(env), "canary")
    })
  )

  it.live("S180: each opening of the layer's transport is a process of its own, gone with its scope", () =>
    Effect.gen(function* () {
      const transport = yield* Transport
      assert.include(transport.target, "child.mjs")
      yield* Effect.scoped(Effect.flatMap(transport.open, sign))
      assert.deepStrictEqual(yield* Effect.scoped(Effect.flatMap(transport.open, sign)), { is: "alive" })
    }).pipe(Effect.provide(StdioClient.layer(options())))
  )

  it.live("S178/STDIO-4: stderr is handed over line by line, and is no error", () =>
    Effect.gen(function* () {
      const { stderr, until } = listening()
      const server = yield* StdioClient.open(options("plain", { stderr }))
      yield* until("up")
      assert.deepStrictEqual(yield* call(server, "echo", { a: 1 }), { a: 1 })
    })
  )

  it.live("STDIO-9: an interrupted call is cancelled on the wire", () =>
    Effect.gen(function* () {
      const { stderr, until } = listening()
      const server = yield* StdioClient.open(options("plain", { stderr }))
      const fiber = yield* Effect.forkChild(call(server, "silence", {}, "x1"), { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      assert.include(yield* until("notifications/cancelled"), "x1")
    })
  )

  it.live("P1: a missing command fails with its name and a hint at PATH", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        StdioClient.open({ command: "no-such-program-x", env: { PATH: "/nowhere" } })
      )
      assert.include(error.message, "no-such-program-x")
      assert.include(error.message, "PATH is /nowhere")
    })
  )

  it.live("P1: a missing file, a file that is no program and a missing folder are told apart", () =>
    Effect.gen(function* () {
      const missing = yield* Effect.flip(StdioClient.open({ command: "/no/such/program" }))
      assert.include(missing.message, "there is no file /no/such/program")
      const text = yield* Effect.flip(StdioClient.open({ command: fixture("child.mjs") }))
      assert.include(text.message, "is not executable")
      const folder = yield* Effect.flip(StdioClient.open(options("plain", { cwd: "/no/such/folder" })))
      assert.include(folder.message, "the working directory /no/such/folder does not exist")
      const nul = yield* Effect.flip(StdioClient.open(options("a\0b")))
      assert.instanceOf(nul, TransportError)
    })
  )

  it.live("P2: a child that exits at once is reported with its exit code", () =>
    Effect.gen(function* () {
      const server = yield* StdioClient.open(options("exit"))
      const error = yield* Effect.flip(call(server, "initialize"))
      assert.include(error.message, "exited with code 3")
      assert.deepStrictEqual(endOf(error), { exitCode: 3, signal: null, stderr: [] })
    })
  )

  it.live(
    "P2: death in the middle of calls fails all of them with code and the last 20 lines of stderr",
    () =>
      Effect.gen(function* () {
        const server = yield* StdioClient.open(options())
        const first = yield* Effect.forkChild(call(server, "silence", {}, 1), { startImmediately: true })
        const second = yield* Effect.flip(call(server, "exit", { code: 7 }, 2))
        assert.strictEqual(yield* Effect.flip(Fiber.join(first)), second)
        assert.strictEqual(endOf(second).exitCode, 7)
        const last = Array.from({ length: 20 }, (_, index) => `line ${index + 11}`)
        assert.deepStrictEqual(endOf(second).stderr, last)
        assert.include(second.message, "line 30")
        assert.strictEqual(
          yield* Effect.flip(call(server, "echo", {}, 3)),
          second,
          "later calls hear the same"
        )
      })
  )

  it.live("P2: death by a signal is reported with the signal", () =>
    Effect.gen(function* () {
      const server = yield* StdioClient.open(options())
      const error = yield* Effect.flip(call(server, "signal", { signal: "SIGKILL" }))
      assert.strictEqual(endOf(error).signal, "SIGKILL")
      assert.include(error.message, "was ended by SIGKILL")
    })
  )

  it.live("P5: ten mebibytes of noise lose no message, and every line of it is counted", () =>
    Effect.gen(function* () {
      const server = yield* StdioClient.open(options())
      assert.deepStrictEqual(yield* call(server, "noise"), {})
      assert.strictEqual(server.counts().noise, 107)
    })
  )

  it.live("P11: a flood on stderr is drained, and only its end is kept", () =>
    Effect.gen(function* () {
      const server = yield* StdioClient.open(options())
      const before = process.memoryUsage().rss
      for (let round = 1; round <= 4; round++)
        assert.deepStrictEqual(yield* call(server, "flood", {}, round), {})
      assert.isBelow(process.memoryUsage().rss - before, 100 * 1024 * 1024, "128 MiB were written")
    })
  )

  it.live("P14: a hundred servers in turn leave no process and no descriptor behind", () =>
    Effect.gen(function* () {
      const once = Effect.scoped(
        Effect.flatMap(StdioClient.open({ command: "cat", stderr: "ignore" }), (server) =>
          Effect.provideService(server.send(JsonRpc.notification("hello", {})), Outbox, nowhere)
        )
      )
      yield* once
      const before = { descriptors: descriptors(), listeners: process.listenerCount("exit") }
      for (let turn = 0; turn < 100; turn++) yield* once
      assert.isAtMost(descriptors(), before.descriptors + 2)
      assert.strictEqual(process.listenerCount("exit"), before.listeners)
    })
  )

  it.live("STDIO-12/STDIO-13: a server that leaves at the end of its input is not signalled", () =>
    Effect.gen(function* () {
      const { stderr, until } = listening()
      const scope = yield* Scope.make()
      const server = yield* Scope.provide(StdioClient.open(options("plain", { stderr })), scope)
      yield* call(server, "echo")
      yield* Scope.close(scope, Exit.void)
      yield* until("end of input")
    })
  )

  it.effect(
    "P3/STDIO-12: a server that ignores the end of input and SIGTERM is killed with its grandchildren",
    () =>
      Effect.gen(function* () {
        const { stderr, until } = listening()
        const scope = yield* Scope.make()
        const { pid } = yield* Scope.provide(StdioProcess.start(options("grandchild", { stderr })), scope)
        const grandchild = Number((yield* until("grandchild")).split(" ")[1])
        const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
        yield* until("end of input")
        assert.deepStrictEqual([lives(pid), lives(grandchild)], [true, true])
        yield* TestClock.adjust("2 seconds")
        yield* until("ignores SIGTERM")
        assert.deepStrictEqual([lives(pid), lives(grandchild)], [true, true])
        yield* TestClock.adjust("2 seconds")
        yield* Fiber.join(closing)
        yield* dead(pid)
        yield* dead(grandchild)
      })
  )

  it.live("P3/S196: a grandchild that outlives its parent is ended, too", () =>
    Effect.gen(function* () {
      const { stderr, until } = listening()
      const scope = yield* Scope.make()
      yield* Scope.provide(StdioProcess.start(options("orphan", { stderr })), scope)
      const grandchild = Number((yield* until("grandchild")).split(" ")[1])
      yield* Scope.close(scope, Exit.void)
      yield* dead(grandchild)
    })
  )

  it.live("P2: death is reported although a grandchild holds the pipes open", () =>
    Effect.gen(function* () {
      const { stderr, until } = listening()
      const server = yield* StdioClient.open(options("orphan", { stderr }))
      yield* until("grandchild")
      const error = yield* Effect.flip(call(server, "signal", { signal: "SIGKILL" }))
      assert.strictEqual(endOf(error).signal, "SIGKILL")
    })
  )

  it.live("a server that closes its output but stays is a closed connection", () =>
    Effect.gen(function* () {
      const server = yield* StdioClient.open(options("stubborn", { patience: "100 millis" }))
      const error = yield* Effect.flip(call(server, "closeOutput"))
      assert.include(error.message, "closed its standard streams")
    })
  )

  it.live("P3: a program that exits without closing its scopes takes its servers along", () =>
    Effect.gen(function* () {
      const program = yield* start("careless.ts")
      const pid = yield* program.next
      yield* program.exit
      yield* dead(Number(pid))
    })
  )
})

/** A process that has ended but was not collected by its parent is a zombie, and dead. */
const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    const stat = process.platform === "linux" ? readFileSync(`/proc/${pid}/stat`, "utf8") : ""
    return !/\) Z /.test(stat)
  } catch {
    return false
  }
}

const dead = (pid: number): Effect.Effect<void> =>
  Effect.suspend(() => (lives(pid) ? Effect.andThen(Effect.yieldNow, dead(pid)) : Effect.void))
