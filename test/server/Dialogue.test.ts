import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as McpError from "../../src/protocol/McpError.ts"
import * as Ask from "../../src/server/Ask.ts"
import { notification, peerOf, request, serving, shaken } from "./peers.ts"

const Size = Schema.Struct({ size: Schema.Literals(["S", "M"]) })
const asTool = <A>(effect: Effect.Effect<A, McpError.McpError | Ask.Declined | Ask.Cancelled, Ask.Ask>) =>
  Effect.matchEffect(effect, {
    onSuccess: (value) => Effect.succeed({ value }),
    onFailure: (error) =>
      error instanceof McpError.McpError ? Effect.fail(error) : Effect.succeed({ tag: error._tag })
  })
const sizes = serving(() => asTool(Ask.elicit("Which size?", Size)))

const isQuestion = (message: JsonRpc.Message): message is JsonRpc.Request =>
  "method" in message && "id" in message

/** A session whose client answers every question with this. */
const answering = (
  server: ReturnType<typeof serving>,
  answer: (question: JsonRpc.Request) => JsonRpc.Params,
  version = "2025-11-25",
  capabilities: JsonRpc.Params = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} }
) =>
  Effect.tap(shaken(server, version, capabilities), ({ accept, onSaid }) =>
    Effect.sync(() =>
      onSaid((message) =>
        isQuestion(message) ? accept({ jsonrpc: "2.0", id: message.id, ...answer(message) }) : Effect.void
      )
    )
  )

describe("Questions in a session", () => {
  it.effect("the handler waits for the client and runs once", () =>
    Effect.gen(function* () {
      let runs = 0
      const server = serving(() =>
        Effect.andThen(
          Effect.sync(() => runs++),
          asTool(Ask.elicit("Which size?", Size))
        )
      )
      const { accept, said } = yield* answering(server, () => ({
        result: { action: "accept", content: { size: "M" } }
      }))
      assert.deepStrictEqual((yield* accept(request(1, "tools/call", {}))).result.value, { size: "M" })
      assert.strictEqual(runs, 1)
      assert.deepInclude((said[0] as JsonRpc.Request).params, { message: "Which size?" })
    }).pipe(Effect.scoped)
  )

  it.effect("BASE-7: questions have ids of their own, unique in the session, asked side by side", () =>
    Effect.gen(function* () {
      const server = serving(() =>
        Effect.as(
          Effect.orDie(
            Effect.all([Ask.elicit("a", Size), Ask.elicit("a", Size)], { concurrency: "unbounded" })
          ),
          {}
        )
      )
      const { accept, said } = yield* answering(server, () => ({
        result: { action: "accept", content: { size: "S" } }
      }))
      yield* accept(request(1, "tools/call", {}))
      yield* accept(request(2, "tools/call", {}))
      const ids = said.map((message) => (message as JsonRpc.Request).id)
      assert.strictEqual(new Set(ids).size, 4)
    }).pipe(Effect.scoped)
  )

  it.effect("ELIC-27: declined and cancelled are told apart", () =>
    Effect.gen(function* () {
      const actions = ["decline", "cancel"]
      const { accept } = yield* answering(sizes, () => ({ result: { action: actions.shift() } }))
      assert.strictEqual((yield* accept(request(1, "tools/call", {}))).result.tag, "Declined")
      assert.strictEqual((yield* accept(request(2, "tools/call", {}))).result.tag, "Cancelled")
    }).pipe(Effect.scoped)
  )

  it.effect("ELIC-41: an answer that does not fit the form is -32602", () =>
    Effect.gen(function* () {
      const { accept } = yield* answering(sizes, () => ({
        result: { action: "accept", content: { size: "XXL" } }
      }))
      assert.strictEqual((yield* accept(request(1, "tools/call", {}))).error.code, -32602)
    }).pipe(Effect.scoped)
  )

  it.effect("an error of the client reaches the handler as McpError", () =>
    Effect.gen(function* () {
      const { accept } = yield* answering(sizes, () => ({ error: { code: -1, message: "User rejected" } }))
      assert.deepStrictEqual((yield* accept(request(1, "tools/call", {}))).error, {
        code: -1,
        message: "User rejected"
      })
    }).pipe(Effect.scoped)
  )

  it.effect("ELIC-4, META-10: what the client did not declare is not asked", () =>
    Effect.gen(function* () {
      const { accept, said } = yield* answering(sizes, () => ({}), "2025-11-25", { elicitation: { url: {} } })
      const answer = yield* accept(request(1, "tools/call", {}))
      assert.strictEqual(answer.error.code, -32600, "a code the revision knows")
      assert.deepStrictEqual(said, [])
    }).pipe(Effect.scoped)
  )

  it.effect("LIFE-13: what the revision does not have is not asked, whatever the client declares", () =>
    Effect.gen(function* () {
      const { accept, said } = yield* answering(sizes, () => ({}), "2025-03-26", {
        elicitation: { form: {} }
      })
      assert.strictEqual((yield* accept(request(1, "tools/call", {}))).error.code, -32600)
      assert.deepStrictEqual(said, [])
    }).pipe(Effect.scoped)
  )

  it.effect("CANC-1, CANC-8: a question whose request is cancelled is cancelled at the client", () =>
    Effect.gen(function* () {
      const { accept, onSaid, said } = yield* shaken(sizes, "2025-11-25", { elicitation: {} })
      const asked = yield* Deferred.make<void>()
      onSaid(() => Effect.asVoid(Deferred.succeed(asked, undefined)))
      const fiber = yield* Effect.forkChild(accept(request(1, "tools/call", {})), { startImmediately: true })
      yield* Deferred.await(asked)
      yield* accept(notification("notifications/cancelled", { requestId: 1 }))
      assert.strictEqual(yield* Fiber.join(fiber), undefined)
      const [question, cancelled] = said as ReadonlyArray<JsonRpc.Request>
      assert.strictEqual(cancelled?.method, "notifications/cancelled")
      assert.strictEqual(cancelled?.params?.["requestId"], question?.id)
      assert.strictEqual(
        yield* accept({ jsonrpc: "2.0", id: question?.id, result: {} }),
        undefined,
        "too late"
      )
    }).pipe(Effect.scoped)
  )

  it.effect("LIFE-17: a question that is not answered in time is cancelled, and the handler told", () =>
    Effect.gen(function* () {
      const { accept, onSaid, said } = yield* shaken(sizes, "2025-11-25", { elicitation: {} })
      const asked = yield* Deferred.make<void>()
      onSaid(() => Effect.asVoid(Deferred.succeed(asked, undefined)))
      const fiber = yield* Effect.forkChild(accept(request(1, "tools/call", {})), { startImmediately: true })
      yield* Deferred.await(asked)
      yield* TestClock.adjust("10 minutes")
      const { error } = yield* Fiber.join(fiber)
      assert.deepStrictEqual(error, {
        code: -32603,
        message: "elicitation/create: the client did not answer within 600000 ms"
      })
      const [question, cancelled] = said as ReadonlyArray<JsonRpc.Request>
      assert.strictEqual(cancelled?.params?.["requestId"], question?.id)
    }).pipe(Effect.scoped)
  )

  it.effect("LIFE-18: a handler decides how long it waits for one answer", () =>
    Effect.gen(function* () {
      const server = serving(() =>
        asTool(Ask.elicit("Which size?", Size)).pipe(
          Effect.timeoutOrElse({ duration: "5 seconds", orElse: () => Effect.succeed({ value: "any" }) })
        )
      )
      const { accept, onSaid, said } = yield* shaken(server, "2025-11-25", { elicitation: {} })
      const asked = yield* Deferred.make<void>()
      onSaid(() => Effect.asVoid(Deferred.succeed(asked, undefined)))
      const fiber = yield* Effect.forkChild(accept(request(1, "tools/call", {})), { startImmediately: true })
      yield* Deferred.await(asked)
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* Fiber.join(fiber)).result.value, "any")
      assert.strictEqual((said[1] as JsonRpc.Request).method, "notifications/cancelled")
    }).pipe(Effect.scoped)
  )

  it.effect("LIFE-6: a client is not asked before it has said that it is ready, and then is", () =>
    Effect.gen(function* () {
      const { accept, onSaid, said } = yield* peerOf(sizes)
      onSaid((message) =>
        isQuestion(message)
          ? accept({ jsonrpc: "2.0", id: message.id, result: { action: "accept", content: { size: "M" } } })
          : Effect.void
      )
      const capabilities = { elicitation: {} }
      yield* accept(request(1, "initialize", { protocolVersion: "2025-11-25", capabilities }))
      const call = yield* Effect.forkChild(accept(request(2, "tools/call", {})), { startImmediately: true })
      yield* Effect.yieldNow
      assert.deepStrictEqual(said, [])
      yield* accept(notification("notifications/initialized"))
      assert.deepStrictEqual((yield* Fiber.join(call)).result.value, { size: "M" })
    }).pipe(Effect.scoped)
  )

  it.effect("C14: a second answer to a question is ignored", () =>
    Effect.gen(function* () {
      const { accept, onSaid } = yield* shaken(sizes, "2025-11-25", { elicitation: {} })
      onSaid((message) =>
        isQuestion(message)
          ? Effect.andThen(
              accept({
                jsonrpc: "2.0",
                id: message.id,
                result: { action: "accept", content: { size: "S" } }
              }),
              accept({ jsonrpc: "2.0", id: message.id, result: { action: "accept", content: { size: "M" } } })
            )
          : Effect.void
      )
      assert.deepStrictEqual((yield* accept(request(1, "tools/call", {}))).result.value, { size: "S" })
    }).pipe(Effect.scoped)
  )

  it.effect("ELIC-28: who was not asked cannot answer", () =>
    Effect.gen(function* () {
      const { accept, onSaid } = yield* shaken(sizes, "2025-11-25", { elicitation: {} })
      const mallory = yield* shaken(sizes, "2025-11-25", { elicitation: {} })
      const answer = (message: JsonRpc.Request, size: string) => ({
        jsonrpc: "2.0",
        id: message.id,
        result: { action: "accept", content: { size } }
      })
      onSaid((message) =>
        isQuestion(message)
          ? Effect.andThen(mallory.accept(answer(message, "S")), accept(answer(message, "M")))
          : Effect.void
      )
      assert.deepStrictEqual((yield* accept(request(1, "tools/call", {}))).result.value, { size: "M" })
    }).pipe(Effect.scoped)
  )

  it.effect("ELIC-14: a URL has an elicitationId in 2025-11-25", () =>
    Effect.gen(function* () {
      const server = serving(() => asTool(Ask.elicitUrl("Pay", "https://example.com/pay")))
      const { accept, said } = yield* answering(server, () => ({ result: { action: "accept" } }))
      yield* accept(request(1, "tools/call", {}))
      const params = (said[0] as JsonRpc.Request).params
      assert.deepInclude(params, { mode: "url", message: "Pay", url: "https://example.com/pay" })
      assert.strictEqual(typeof params?.["elicitationId"], "string")
    }).pipe(Effect.scoped)
  )

  it.effect("ELIC-12: a form is told in the words of 2025-06-18 and understood", () =>
    Effect.gen(function* () {
      const Colours = Schema.Struct({
        colours: Schema.Array(Schema.Literals(["red", "blue"])),
        name: Schema.String.annotate({ default: "me" })
      })
      const server = serving(() => asTool(Ask.elicit("Which?", Colours)))
      const { accept } = yield* answering(
        server,
        () => ({ result: { action: "accept", content: { colours: "red, blue" } } }),
        "2025-06-18",
        { elicitation: {} }
      )
      assert.deepStrictEqual((yield* accept(request(1, "tools/call", {}))).result.value, {
        colours: ["red", "blue"],
        name: "me"
      })
    }).pipe(Effect.scoped)
  )

  it.effect("a result that is a question is put to a client that cannot be answered with one", () =>
    Effect.gen(function* () {
      const server = serving(({ params }) =>
        Effect.succeed(
          params["inputResponses"] === undefined
            ? {
                resultType: "input_required",
                inputRequests: { q: { method: "roots/list", params: {} } },
                requestState: "sealed"
              }
            : { answers: params["inputResponses"], state: params["requestState"], name: params["name"] }
        )
      )
      const { accept } = yield* answering(server, () => ({ result: { roots: [] } }))
      const { result } = yield* accept(request(1, "tools/call", { name: "it" }))
      assert.deepStrictEqual(result, { answers: { q: { roots: [] } }, state: "sealed", name: "it" })
    }).pipe(Effect.scoped)
  )

  it.effect("a server that never stops asking is stopped", () =>
    Effect.gen(function* () {
      const server = serving(() =>
        Effect.succeed({
          resultType: "input_required",
          inputRequests: { q: { method: "roots/list", params: {} } }
        })
      )
      const { accept, said } = yield* answering(server, () => ({ result: { roots: [] } }))
      assert.strictEqual((yield* accept(request(1, "tools/call", {}))).error.code, -32603)
      assert.strictEqual(said.length, 32)
    }).pipe(Effect.scoped)
  )
})
