import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Option from "effect/Option"
import { TestClock } from "effect/testing"
import type { McpError } from "../../src/protocol/McpError.ts"
import type { Request } from "../../src/server/Invocation.ts"
import * as Journal from "../../src/server/Journal.ts"
import * as RequestState from "../../src/server/RequestState.ts"
import * as StateKeys from "../../src/server/StateKeys.ts"

const key = (byte: number) => new Uint8Array(32).fill(byte)
const ring = (...bytes: readonly [number, ...ReadonlyArray<number>]) => {
  const [first, ...rest] = bytes
  return RequestState.make({ keys: [key(first), ...rest.map(key)] })
}
const frozen = { code: -32602, message: "The requestState is not valid for this request" }
const refused = (effect: Effect.Effect<unknown, McpError>) =>
  Effect.map(Effect.flip(effect), (error) => assert.deepStrictEqual(error.fault, frozen))

describe("H1 of the known faults: RequestState", () => {
  const sealer = ring(1)

  it.effect("what was sealed opens", () =>
    Effect.gen(function* () {
      const token = yield* sealer.seal("binding", { a: [1, "é"] })
      assert.deepStrictEqual(yield* sealer.open("binding", token), { a: [1, "é"] })
    })
  )

  it.effect("MRTR-8: what is sealed cannot be read, and no two seals are alike", () =>
    Effect.gen(function* () {
      const one = yield* sealer.seal("binding", "hunter2")
      const two = yield* sealer.seal("binding", "hunter2")
      assert.notStrictEqual(one, two)
      assert.notInclude(atob(one.replaceAll("-", "+").replaceAll("_", "/")), "hunter2")
    })
  )

  it.effect("MRTR-8: every single changed byte is refused with the one error", () =>
    Effect.gen(function* () {
      const token = Base64Url.decode(yield* sealer.seal("binding", 1))
      const bytes = token._tag === "Success" ? token.success : assert.fail("not base64url")
      for (let index = 0; index < bytes.length; index++) {
        const changed = bytes.slice()
        changed[index]! ^= 1
        yield* refused(sealer.open("binding", Base64Url.encode(changed)))
      }
    })
  )

  for (const token of [
    "",
    "x",
    "!",
    "AAAA",
    Base64Url.encode(new Uint8Array(12)),
    Base64Url.encode(new Uint8Array(64))
  ]) {
    it.effect(`MRTR-8: rubbish is refused with the one error: "${token.slice(0, 12)}"`, () =>
      refused(sealer.open("binding", token))
    )
  }

  it.effect("MRTR-9: an expired state is refused with the one error", () =>
    Effect.gen(function* () {
      const token = yield* sealer.seal("binding", 1)
      yield* TestClock.adjust("599 seconds")
      yield* sealer.open("binding", token)
      yield* TestClock.adjust("1 second")
      yield* refused(sealer.open("binding", token))
    })
  )

  it.effect("MRTR-9: another binding is refused with the one error", () =>
    Effect.gen(function* () {
      yield* refused(sealer.open("other", yield* sealer.seal("binding", 1)))
    })
  )

  it.effect("a state of another key is refused with the one error", () =>
    Effect.gen(function* () {
      yield* refused(ring(2).open("binding", yield* sealer.seal("binding", 1)))
    })
  )

  it.effect("keys rotate: the first seals, all open, a dropped one does not", () =>
    Effect.gen(function* () {
      const old = yield* ring(1).seal("binding", "old")
      const rotated = ring(2, 1)
      assert.strictEqual(yield* rotated.open("binding", old), "old")
      const fresh = yield* rotated.seal("binding", "new")
      assert.strictEqual(yield* ring(2).open("binding", fresh), "new")
      yield* refused(ring(2).open("binding", old))
    })
  )
})

describe("Journal", () => {
  const request = (method: string, params: object, caller = "") => {
    const made = { id: 1, method, params, meta: { protocolVersion: "", clientCapabilities: {}, all: {} } }
    return { request: made as Request["Service"], caller }
  }
  const journal = {
    answers: new Map([["q", { a: 1 }]]),
    done: new Map([["d", [2, ["e"]] as const]]),
    asked: ["q"]
  }
  const seal = ({ caller, request: made }: ReturnType<typeof request>, audience = "here") =>
    Effect.provideService(Journal.seal(journal, made, audience), RequestState.Caller, caller)
  const open = ({ caller, request: made }: ReturnType<typeof request>, token: string, audience = "here") =>
    Effect.provideService(Journal.open(made, audience, token), RequestState.Caller, caller)

  it.effect("the order of members, _meta and the answers do not matter", () =>
    Effect.gen(function* () {
      const token = yield* seal(request("tools/call", { name: "x", arguments: { a: 1, b: { c: 1, d: 2 } } }))
      const same = {
        arguments: { b: { d: 2, c: 1 }, a: 1 },
        name: "x",
        _meta: { x: 1 },
        inputResponses: {},
        requestState: token
      }
      assert.deepStrictEqual(yield* open(request("tools/call", same), token), journal)
    })
  )

  it.effect("MRTR-9, ELIC-21, ELIC-28: another method, argument, caller or server is refused", () =>
    Effect.gen(function* () {
      const original = request("tools/call", { name: "x", arguments: { list: [1, 2] } }, "alice")
      const token = yield* seal(original)
      yield* refused(open({ ...original, caller: "bob" }, token))
      yield* refused(open({ ...original, caller: "" }, token))
      yield* refused(open(original, token, "elsewhere"))
      yield* refused(open(request("prompts/get", { name: "x", arguments: { list: [1, 2] } }, "alice"), token))
      yield* refused(open(request("tools/call", { name: "x", arguments: { list: [2, 1] } }, "alice"), token))
      yield* refused(
        open(request("tools/call", { name: "x", arguments: { list: [1, 2] }, more: 1 }, "alice"), token)
      )
      assert.deepStrictEqual(yield* open(original, token), journal)
    })
  )
})

describe("StateKeys", () => {
  const read = (text?: string) => {
    const provider = ConfigProvider.fromUnknown(text === undefined ? {} : { MCP_STATE_KEYS: text })
    return StateKeys.config.parse(provider)
  }
  const text = (byte: number) => Base64.encode(key(byte))

  it.effect("no variable, no keys", () =>
    Effect.map(read(), (keys) => assert.strictEqual(Option.isNone(keys), true))
  )

  it.effect("one key or several, base64 or base64url, with spaces", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* read(text(1)), Option.some([key(1)] as const))
      const both = yield* read(`${text(251)}, ${Base64Url.encode(key(255))}`)
      assert.deepStrictEqual(both, Option.some([key(251), key(255)] as const))
      assert.deepStrictEqual(yield* read(Base64Url.encode(key(1))), Option.some([key(1)] as const))
    })
  )

  it.effect("a wrong key is named by its place and never shown", () =>
    Effect.gen(function* () {
      for (const wrong of ["c2VjcmV0", "", "!!!secret!!!", Base64.encode(new Uint8Array(31))]) {
        const error = yield* Effect.flip(read(`${text(1)},${wrong}`))
        assert.include(error.message, "key 2")
        assert.notInclude(String(error), "c2VjcmV0")
        assert.notInclude(String(error), "secret")
      }
    })
  )

  it.effect("the layer seals with the keys of the configuration", () =>
    Effect.gen(function* () {
      const token = yield* Effect.flatMap(RequestState.RequestState, ({ seal }) => seal("binding", 1)).pipe(
        Effect.provide(StateKeys.layer)
      )
      assert.strictEqual(yield* ring(7).open("binding", token), 1)
    }).pipe(
      Effect.provideService(
        ConfigProvider.ConfigProvider,
        ConfigProvider.fromUnknown({ MCP_STATE_KEYS: text(7) })
      )
    )
  )
})
