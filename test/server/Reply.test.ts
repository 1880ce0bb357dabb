import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import { Outbox } from "../../src/Connection.ts"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as McpError from "../../src/protocol/McpError.ts"
import * as Reply from "../../src/server/Reply.ts"
import type { Result } from "../../src/server/Part.ts"
import { call, request as message, serving, peerOf, shaken } from "./peers.ts"

const request = JsonRpc.request(7, "tools/call", {})
const silent = () => new Reply.Outgoing({ say: () => Effect.void })
const answer = (handled: Effect.Effect<Result, McpError.McpError, Outbox>, words = Reply.newest) =>
  Reply.answer(request, silent(), words, handled)

/** Runs with a logger that keeps what it was told. */
const logged = <A, E, R>(effect: Effect.Effect<A, E, R>) => {
  const lines: Array<{ readonly level: string; readonly text: string; readonly reference: unknown }> = []
  const logger = Logger.make<unknown, void>(({ cause, fiber, logLevel, message }) => {
    lines.push({
      level: logLevel,
      text: `${String(message)}: ${Cause.pretty(cause)}`,
      reference: fiber.getRef(References.CurrentLogAnnotations)["reference"]
    })
  })
  return Effect.map(Effect.provide(effect, Logger.layer([logger])), (value) => ({ value, lines }))
}

describe("Reply", () => {
  it.effect("a result becomes a response with the id of the request", () =>
    Effect.map(answer(Effect.succeed({ ok: true })), (response) =>
      assert.deepStrictEqual(response, { jsonrpc: "2.0", id: 7, result: { ok: true } })
    )
  )

  it.effect("an McpError becomes an error with its code, message and data, and without its cause", () =>
    Effect.map(
      logged(
        answer(
          Effect.fail(new McpError.McpError({ code: 42, message: "no", data: { a: 1 }, cause: "secret" }))
        )
      ),
      ({ lines, value }) => {
        assert.deepStrictEqual(value, {
          jsonrpc: "2.0",
          id: 7,
          error: { code: 42, message: "no", data: { a: 1 } }
        })
        assert.deepStrictEqual(lines, [])
      }
    )
  )

  it("BASE-12: an error whose code is no integer cannot be made", () => {
    assert.throws(() => McpError.make(1.5, "no"))
  })

  for (const [title, code, sent] of [
    ["ERR-6: the old code of an unknown resource is sent as the new one", -32002, -32602],
    ["ERR-6: the code of URLs in 2025-11-25 is not sent", -32042, -32600],
    ["ERR-4: a code the protocol keeps for itself is not sent", -32050, -32603],
    ["ERR-4: nor is the last of them", -32099, -32603],
    ["ERR-5: those it defines are", -32021, -32021],
    ["ERR-8: so are those outside of its range", -31999, -31999]
  ] as const) {
    it.effect(`${title} (${code})`, () =>
      Effect.map(logged(answer(Effect.fail(McpError.make(code, "no")))), ({ lines, value }) => {
        assert.strictEqual("error" in value && value.error.code, sent)
        assert.strictEqual(lines.length, sent === -32603 ? 1 : 0, "the operator is told what the code was")
      })
    )
  }

  const unexpected: ReadonlyArray<readonly [string, Effect.Effect<Result, McpError.McpError>]> = [
    ["a defect", Effect.die(new Error("database password is hunter2"))],
    [
      "a thrown value",
      Effect.sync(() => {
        throw new Error("database password is hunter2")
      })
    ],
    [
      "a finalizer that dies",
      Effect.ensuring(Effect.fail(McpError.invalidParams("x")), Effect.die("hunter2"))
    ],
    [
      "a defect beside an error",
      Effect.failCause(Cause.combine(Cause.fail(McpError.invalidParams("x")), Cause.die("hunter2")))
    ],
    ["an interruption nobody asked for", Effect.interrupt]
  ]
  for (const [title, effect] of unexpected) {
    it.effect(`H20: ${title} is logged with its cause and answered with a reference only`, () =>
      Effect.map(logged(answer(effect)), ({ lines, value }) => {
        assert.notInclude(JSON.stringify(value), "hunter2")
        const error = JsonRpc.isFailure(value) ? value.error : assert.fail("expected an error")
        assert.deepStrictEqual([error.code, error.message], [-32603, "Internal error"])
        assert.strictEqual(lines.length, 1)
        assert.strictEqual(lines[0]?.level, "Error")
        assert.deepStrictEqual(error.data, { reference: lines[0]?.reference })
        if (title !== "an interruption nobody asked for") assert.include(lines[0]?.text, "hunter2")
      })
    )
  }

  it.effect("a service that is missing is logged with where to give it", () => {
    class Users extends Context.Service<Users, { readonly count: number }>()("test/Users") {}
    const untyped = Users.useSync(({ count }) => ({ count })) as unknown as Effect.Effect<Result>
    return Effect.map(logged(answer(untyped)), ({ lines }) => {
      assert.include(lines[0]?.text, "Service not found: test/Users")
      assert.include(lines[0]?.text, "mcp run takes the export services")
    })
  })

  it.effect("two references differ", () =>
    Effect.gen(function* () {
      const [one, two] = yield* Effect.all([answer(Effect.die(1)), answer(Effect.die(2))])
      assert.notDeepEqual(one, two)
    }).pipe(Effect.provide(Logger.layer([])))
  )

  it.effect("words that throw are a defect like any other", () =>
    Effect.map(
      logged(answer(Effect.succeed({}), { ...Reply.newest, result: () => assert.fail("hunter2") })),
      ({ value }) => assert.strictEqual(JsonRpc.isFailure(value) && value.error.code, -32603)
    )
  )

  it.effect("PROG-5, H19: what is said after the response is dropped", () =>
    Effect.gen(function* () {
      const said: Array<unknown> = []
      const outgoing = new Reply.Outgoing({ say: (one) => Effect.sync(() => void said.push(one)) })
      let late: Effect.Effect<void> = Effect.void
      yield* Reply.answer(
        request,
        outgoing,
        Reply.newest,
        Effect.flatMap(Outbox, ({ say }) => {
          late = say(JsonRpc.notification("notifications/progress", { progress: 2 }))
          return Effect.as(say(JsonRpc.notification("notifications/progress", { progress: 1 })), {})
        })
      )
      yield* late
      assert.deepStrictEqual(said, [JsonRpc.notification("notifications/progress", { progress: 1 })])
    })
  )

  for (const version of ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]) {
    it.effect(`the text of a defect crosses the wire in no revision (${version})`, () =>
      Effect.gen(function* () {
        const server = serving(() => Effect.die(new Error("database password is hunter2")))
        const { accept } = yield* version === "2026-07-28" ? peerOf(server) : shaken(server, version)
        const answered = yield* accept(version === "2026-07-28" ? call(1) : message(1, "tools/call", {}))
        assert.strictEqual(answered.error.code, -32603)
        assert.notInclude(JSON.stringify(answered), "hunter2")
      }).pipe(Effect.scoped, Effect.provide(Logger.layer([])))
    )
  }
})
