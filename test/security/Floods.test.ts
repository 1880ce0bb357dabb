/** Clients that ask for more than anybody needs: what runs stays within bounds, and others are served. Over every face. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Events from "mcp-effect/Events"
import * as Limits from "mcp-effect/Limits"
import * as McpError from "mcp-effect/McpError"
import * as Middleware from "mcp-effect/Middleware"
import * as Progress from "mcp-effect/Progress"
import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import { connect } from "node:net"
import { faces } from "../http/faces.ts"
import {
  call,
  json,
  legacy,
  message,
  modern,
  notification,
  open as begin,
  request
} from "../http/messages.ts"
import { baseline } from "./baseline.ts"
import { listening, turn } from "./telling.ts"

/** Handlers that run, how many did at most, and how many began; `stubborn` ones end when the gate opens, not before. */
const busy = () => {
  const seen = { running: 0, most: 0, begun: 0, gate: Deferred.makeUnsafe<void>() }
  const counted = <A, E, R>(work: Effect.Effect<A, E, R>) =>
    Effect.suspend(() => {
      seen.begun++
      seen.most = Math.max(seen.most, ++seen.running)
      return Effect.ensuring(
        work,
        Effect.sync(() => void seen.running--)
      )
    })
  const server = Server.make(
    { name: "busy", version: "1.0.0" },
    Tool.handle(Tool.make("stubborn"), () => counted(Effect.uninterruptible(Deferred.await(seen.gate)))),
    Tool.handle(Tool.make("patient"), () => counted(Effect.andThen(Progress.report(1), Effect.never))),
    Tool.handle(Tool.make("quick"), () => Effect.succeed("here"))
  )
  return { seen, server }
}

const quick = modern("tools/call", { name: "quick", arguments: {} })
const cancelled = (requestId: number) => notification("notifications/cancelled", { requestId })

for (const [face, open] of faces) {
  describe(`floods over ${face}`, () => {
    it.live("E15, H18: who calls and cancels in a loop keeps no more running than a session may", () =>
      Effect.gen(function* () {
        const { seen, server } = busy()
        const peer = yield* open(server, { responseMode: "json" })
        const abuser = yield* begin(peer)
        for (let id = 1; id <= 300; id++) {
          yield* Effect.forkChild(peer.ask(legacy(call(id, "stubborn"), abuser)), { startImmediately: true })
          yield* peer.ask(legacy(cancelled(id), abuser))
          if (id % 50 === 0) assert.strictEqual((yield* peer.ask(quick)).status, 200)
        }
        assert.isAtMost(seen.most, 16)
        assert.isAbove(seen.most, 0)
        const own = yield* begin(peer)
        assert.strictEqual(
          json(yield* peer.ask(legacy(call(1, "quick"), own))).result.content[0].text,
          "here"
        )
        yield* Deferred.succeed(seen.gate, undefined)
        while (seen.running > 0) yield* turn
        assert.strictEqual((yield* peer.ask(legacy(call(1, "quick"), abuser))).status, 200, "which goes on")
      }).pipe(baseline, Effect.provide(Limits.layer({ inFlight: 16 })))
    )

    it.live("E15: who asks and goes away in a loop leaves nothing running", () =>
      Effect.gen(function* () {
        const { seen, server } = busy()
        const peer = yield* open(server, { responseMode: "sse" })
        const patient = modern(
          "tools/call",
          { name: "patient", arguments: {} },
          { meta: { progressToken: 1 } }
        )
        for (let round = 1; round <= 200; round++) {
          const stream = yield* peer.stream(patient)
          stream.close()
          if (round % 50 === 0) assert.strictEqual((yield* peer.ask(quick)).status, 200)
        }
        while (seen.running > 0) yield* turn
        assert.isAtMost(seen.most, 50)
        assert.strictEqual(seen.begun, 200)
      }).pipe(baseline, Effect.provide(Limits.layer({ requests: 50 })))
    )

    it.live("E15, H23: more requests than there may be are told to come back, and there is room again", () =>
      Effect.gen(function* () {
        const { seen, server } = busy()
        const peer = yield* open(server, { responseMode: "json" })
        const stubborn = modern("tools/call", { name: "stubborn", arguments: {} })
        const held = yield* Effect.forkChild(
          Effect.all(
            Array.from({ length: 20 }, () => peer.ask(stubborn)),
            { concurrency: "unbounded" }
          ),
          { startImmediately: true }
        )
        while (seen.running < 20) yield* turn
        const refused = yield* peer.ask(quick)
        assert.strictEqual(refused.status, 503)
        assert.isDefined(refused.headers["retry-after"])
        yield* Deferred.succeed(seen.gate, undefined)
        while (held.pollUnsafe() === undefined) yield* turn
        assert.strictEqual((yield* peer.ask(quick)).status, 200)
        assert.strictEqual(seen.most, 20)
      }).pipe(baseline, Effect.provide(Limits.layer({ requests: 20 })))
    )

    const noted = (...more: ReadonlyArray<ReturnType<typeof Middleware.make<never>>>) =>
      Server.make(
        { name: "noted", version: "1.0.0" },
        Resource.text("note://a", { name: "a", updates: true }, "A"),
        Tool.handle(
          Tool.make("storm"),
          Effect.fnUntraced(function* () {
            for (let times = 0; times < 1000; times++)
              yield* Events.publish(Events.resourceUpdated("note://a"))
          })
        ),
        ...more
      )
    const listen = (uris: ReadonlyArray<string>) =>
      modern("subscriptions/listen", { notifications: { resourceSubscriptions: uris } })

    it.live("E17: subscriptions have a number and URIs a length that is not exceeded, in both eras", () =>
      Effect.gen(function* () {
        const peer = yield* open(noted())
        const session = yield* begin(peer)
        const subscribe = (uri: string) =>
          Effect.map(peer.ask(legacy(request(1, "resources/subscribe", { uri }), session)), (answer) => {
            return json(answer).error?.code
          })
        assert.strictEqual(yield* subscribe(`note://${"x".repeat(100)}`), -32602)
        for (let index = 0; index < 5; index++) assert.isUndefined(yield* subscribe(`note://${index}`))
        assert.strictEqual(yield* subscribe("note://5"), -32600)
        assert.isUndefined(yield* subscribe("note://4"), "which it has")
        yield* peer.ask(legacy(request(1, "resources/unsubscribe", { uri: "note://0" }), session))
        assert.isUndefined(yield* subscribe("note://5"), "there is room again")
        for (const uris of [Array.from({ length: 6 }, (_, index) => `note://${index}`), ["x".repeat(101)]]) {
          const answer = yield* peer.ask(listen(uris))
          assert.strictEqual(json(answer).error.code, -32602)
        }
      }).pipe(baseline, Effect.provide(Limits.layer({ subscriptions: 5, uriLength: 100 })))
    )

    it.live("E17, H25: a storm of updates at one time is told as what it comes to, in both eras", () =>
      Effect.gen(function* () {
        const peer = yield* open(noted())
        const session = yield* begin(peer)
        yield* peer.ask(legacy(request(1, "resources/subscribe", { uri: "note://a" }), session))
        const streams = [
          yield* peer.stream({ headers: { ...listening, ...session } }),
          yield* peer.stream(listen(["note://a"]))
        ]
        assert.strictEqual((yield* message(streams[1]!))?.method, "notifications/subscriptions/acknowledged")
        yield* peer.ask(modern("tools/call", { name: "storm", arguments: {} }))
        assert.strictEqual((yield* message(streams[0]!))?.method, "notifications/resources/updated")
        yield* peer.ask({ method: "DELETE", headers: session })
        let told = 1
        while ((yield* message(streams[0]!)) !== undefined) told++
        assert.isBelow(told, 100, "a thousand times the same")
        assert.strictEqual((yield* message(streams[1]!))?.method, "notifications/resources/updated")
        streams[1]!.close()
      }).pipe(baseline)
    )

    it.live("E17: a middleware may refuse a subscription, which then is not acknowledged", () =>
      Effect.gen(function* () {
        const refusing = Middleware.make(
          (next) => (asked) =>
            asked.method === "subscriptions/listen" ? Effect.fail(McpError.invalidParams("No")) : next(asked)
        )
        const peer = yield* open(noted(refusing))
        const answer = yield* peer.ask(listen(["note://a"]))
        assert.strictEqual(json(answer).error.code, -32602)
        assert.notInclude(answer.text, "acknowledged")
      }).pipe(baseline)
    )
  })
}

/** Sockets that say a part of a request, and then nothing. */
const idle = (port: number, bytes: string) =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof connect>>((resume) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.on("error", () => {})
        socket.write(bytes, () => resume(Effect.succeed(socket)))
      })
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )

for (const [face, open] of faces.filter(([name]) => name !== "fetch")) {
  it.live(`E16, H7: three hundred clients that do not go on keep nobody waiting, over ${face}`, () =>
    Effect.gen(function* () {
      const peer = yield* open(busy().server)
      const port = Number(new URL(peer.origin).port)
      const head =
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: */*\r\n"
      for (const bytes of ["", "POST /mc", head, `${head}Content-Length: 100\r\n\r\n{"json`]) {
        for (let count = 0; count < 75; count++) yield* idle(port, bytes)
      }
      const session = yield* begin(peer)
      for (let round = 0; round < 20; round++) {
        assert.strictEqual((yield* peer.ask(quick)).status, 200)
        assert.strictEqual((yield* peer.ask(legacy(call(1, "quick"), session))).status, 200)
      }
    }).pipe(baseline, Effect.provide(Limits.layer({ requests: 10 })))
  )
}

for (const [face, open] of faces.filter(([name]) => name !== "fetch")) {
  it.live(
    `E16, H6: twenty clients that never read are cut, their handlers ended, and others served, over ${face}`,
    () =>
      Effect.gen(function* () {
        const stopped: Array<Deferred.Deferred<void>> = []
        const pouring = Server.make(
          { name: "pouring", version: "1.0.0" },
          Tool.handle(Tool.make("quick"), () => Effect.succeed("here")),
          Tool.handle(Tool.make("pour"), () =>
            Effect.suspend(() => {
              const end = Deferred.makeUnsafe<void>()
              stopped.push(end)
              let said = 0
              const more = Effect.suspend(() => Progress.report(++said, undefined, "x".repeat(10_000)))
              return Effect.onInterrupt(Effect.forever(more), () => Deferred.succeed(end, undefined))
            })
          )
        )
        const peer = yield* open(pouring, { keepAlive: "20 millis" })
        const { body, headers } = modern(
          "tools/call",
          { name: "pour", arguments: {} },
          { meta: { progressToken: 1 } }
        )
        const bytes = [
          "POST /mcp HTTP/1.1",
          "Host: localhost",
          ...Object.entries(headers!).map(([name, value]) => `${name}: ${value}`),
          `Content-Length: ${String(body).length}`,
          `\r\n${body}`
        ].join("\r\n")
        for (let count = 0; count < 20; count++) yield* idle(Number(new URL(peer.origin).port), bytes)
        while (stopped.length < 20) yield* turn
        assert.strictEqual((yield* peer.ask(quick)).status, 200)
        yield* Effect.forEach(stopped, Deferred.await, { discard: true })
        assert.strictEqual((yield* peer.ask(quick)).status, 200)
      }).pipe(baseline, Effect.provide(Limits.layer({ queueBytes: 100_000, stalled: 100 })))
  )
}
