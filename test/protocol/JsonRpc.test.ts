/** The envelope, by the case: what a text is taken for, and what a server says to it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as Revisions from "../../src/protocol/Revisions.ts"
import { modern, peerOf, request, serving, shaken } from "../server/peers.ts"

/** One line about what a text was taken for. */
const taken = (text: string): string => {
  const message = JsonRpc.decode(JSON.parse(text))
  if (JsonRpc.isInvalid(message)) {
    const { id } = message.invalid
    const to = id === undefined ? "to nobody" : `to ${JSON.stringify(id)}`
    return `refused ${message.isNotification ? "in silence" : to}`
  }
  if (JsonRpc.isRequest(message)) return `request ${JSON.stringify(message.id)}`
  if (JsonRpc.isNotification(message)) return "notification"
  const id = message.id === undefined ? "of nothing" : JSON.stringify(message.id)
  return JsonRpc.isFailure(message) ? `failure ${id} with ${message.error.code}` : `success ${id}`
}

const error = '{"code":1,"message":"no"}'

const table: ReadonlyArray<readonly [title: string, text: string, taken: string]> = [
  ["BASE-5: the id 1", '{"jsonrpc":"2.0","id":1,"method":"a"}', "request 1"],
  ["BASE-5: the id 0", '{"jsonrpc":"2.0","id":0,"method":"a"}', "request 0"],
  ["BASE-5: a negative id", '{"jsonrpc":"2.0","id":-1,"method":"a"}', "request -1"],
  ["BASE-5: 1.0 is an integer", '{"jsonrpc":"2.0","id":1.0,"method":"a"}', "request 1"],
  [
    "BASE-5: the largest id",
    '{"jsonrpc":"2.0","id":9007199254740991,"method":"a"}',
    "request 9007199254740991"
  ],
  ["BASE-5: a text", '{"jsonrpc":"2.0","id":"1","method":"a"}', 'request "1"'],
  ["BASE-5: an empty text", '{"jsonrpc":"2.0","id":"","method":"a"}', 'request ""'],
  [
    "BASE-5: 2^53 + 1 could not be echoed",
    '{"jsonrpc":"2.0","id":9007199254740993,"method":"a"}',
    "refused to nobody"
  ],
  ["BASE-5: nor could a fraction", '{"jsonrpc":"2.0","id":1.5,"method":"a"}', "refused to nobody"],
  ["BASE-5: true is no id", '{"jsonrpc":"2.0","id":true,"method":"a"}', "refused to nobody"],
  ["BASE-5: an object is no id", '{"jsonrpc":"2.0","id":{},"method":"a"}', "refused to nobody"],
  ["BASE-6: null is no id of a request", '{"jsonrpc":"2.0","id":null,"method":"a"}', "refused to nobody"],

  ["BASE-1: another version", '{"jsonrpc":"1.0","id":1,"method":"a"}', "refused to 1"],
  ["BASE-1: the version as a number", '{"jsonrpc":2.0,"id":1,"method":"a"}', "refused to 1"],
  ["BASE-1: no version", '{"id":1,"method":"a"}', "refused to 1"],
  ["BASE-1: no object", "5", "refused to nobody"],
  ["BASE-1: null", "null", "refused to nobody"],
  ["BASE-1: nothing in it", '{"jsonrpc":"2.0","id":1}', "refused to 1"],
  ["BASE-1: a method that is no text", '{"jsonrpc":"2.0","id":1,"method":7}', "refused to 1"],
  ["BASE-1: params that are a list", '{"jsonrpc":"2.0","id":1,"method":"a","params":[1]}', "refused to 1"],
  ["BASE-1: params that are null", '{"jsonrpc":"2.0","id":1,"method":"a","params":null}', "refused to 1"],
  [
    "BASE-1: request and response at once",
    '{"jsonrpc":"2.0","id":1,"method":"a","result":{}}',
    "refused to 1"
  ],
  ["BASE-16: a batch is no message", '[{"jsonrpc":"2.0","id":1,"method":"a"}]', "refused to nobody"],

  ["BASE-14: no id", '{"jsonrpc":"2.0","method":"a"}', "notification"],
  ["BASE-15: a malformed notification", '{"jsonrpc":"2.0","method":"a","params":[1]}', "refused in silence"],
  ["BASE-15: a notification of another version", '{"method":"a"}', "refused in silence"],

  ["BASE-9: a result", '{"jsonrpc":"2.0","id":1,"result":{}}', "success 1"],
  ["BASE-9: an error", `{"jsonrpc":"2.0","id":"x","error":${error}}`, 'failure "x" with 1'],
  ["BASE-9: an error without id", `{"jsonrpc":"2.0","error":${error}}`, "failure of nothing with 1"],
  [
    "BASE-9: an error with the id null",
    `{"jsonrpc":"2.0","id":null,"error":${error}}`,
    "failure of nothing with 1"
  ],
  ["BASE-9: a result without id", '{"jsonrpc":"2.0","result":{}}', "refused to nobody"],
  ["BASE-9: a result with the id null", '{"jsonrpc":"2.0","id":null,"result":{}}', "refused to nobody"],
  [
    "BASE-10: result and error at once",
    `{"jsonrpc":"2.0","id":1,"result":{},"error":${error}}`,
    "refused to nobody"
  ],
  ["BASE-11: a result that is no object", '{"jsonrpc":"2.0","id":1,"result":[1]}', "refused to nobody"],
  ["BASE-11: a result that is null", '{"jsonrpc":"2.0","id":1,"result":null}', "refused to nobody"],
  [
    "BASE-11: an error without code",
    '{"jsonrpc":"2.0","id":1,"error":{"message":"no"}}',
    "refused to nobody"
  ],
  ["BASE-11: an error without message", '{"jsonrpc":"2.0","id":1,"error":{"code":1}}', "refused to nobody"],
  [
    "BASE-12: a fractional code",
    '{"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":"no"}}',
    "refused to nobody"
  ],
  [
    "BASE-12: a code as text",
    '{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":"no"}}',
    "refused to nobody"
  ],
  ["BASE-9: a response of another version", '{"jsonrpc":"1.0","id":1,"result":{}}', "refused to nobody"],

  ["a key of the prototype is no id", '{"jsonrpc":"2.0","__proto__":{"id":1},"method":"a"}', "notification"],
  ["nor a method", '{"jsonrpc":"2.0","id":1,"__proto__":{"method":"a"}}', "refused to 1"],
  ["nor a version", '{"__proto__":{"jsonrpc":"2.0"},"id":1,"method":"a"}', "refused to 1"]
]

describe("JsonRpc.decode", () => {
  for (const [title, text, expected] of table) {
    it(title, () => assert.strictEqual(taken(text), expected, text))
  }

  it("members that the envelope does not know are dropped, those of params are kept", () => {
    const text = '{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":1,"__proto__":2},"x":1,"constructor":2}'
    const message = JsonRpc.decode(JSON.parse(text))
    assert.strictEqual(
      JSON.stringify(message),
      '{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":1,"__proto__":2}}'
    )
    assert.deepStrictEqual(
      JsonRpc.decode(
        JSON.parse('{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no","data":null,"x":1},"x":1}')
      ),
      JsonRpc.failure(1, { code: 1, message: "no", data: null })
    )
  })
})

/** A server whose call answers after a turn, so that there is a time during which it is in flight. */
const slow = serving(() => Effect.as(Effect.yieldNow, {}))
const call = (id: unknown) => request(id, "tools/call", { name: "it" })

describe("what a server says to it", () => {
  it.effect("BASE-9: each id is echoed as it is", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(slow)
      for (const id of [0, -1, Number.MAX_SAFE_INTEGER, "", "0", "__proto__", "💡"]) {
        assert.strictEqual((yield* accept(call(id))).id, id)
      }
    }).pipe(Effect.scoped)
  )

  it.effect("BASE-9: the id of a malformed response is one of ours, and is not sent back", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(slow)
      const answer = yield* accept({ jsonrpc: "2.0", id: "ask-1", result: null })
      assert.notProperty(answer, "id")
      assert.strictEqual(answer.error.code, -32600)
    }).pipe(Effect.scoped)
  )

  it.effect("BASE-15: nothing to a notification, however malformed", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(slow)
      for (const odd of [{ params: [1] }, { jsonrpc: "1.0" }, { result: {} }, { params: nested(2000) }]) {
        assert.strictEqual(yield* accept({ jsonrpc: "2.0", method: "notifications/x", ...odd }), undefined)
      }
    }).pipe(Effect.scoped)
  )

  it.effect("BASE-9: what nests too deep is refused by its id, unless it is a response", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(slow)
      const asked = yield* accept(request(1, "tools/call", { deep: nested(2000) }))
      assert.deepStrictEqual([asked.id, asked.error.code], [1, -32600])
      const answered = yield* accept({ jsonrpc: "2.0", id: 1, result: { deep: nested(2000) } })
      assert.deepStrictEqual([answered.id, answered.error.code], [undefined, -32600])
    }).pipe(Effect.scoped)
  )

  it.effect("an id that is in flight is refused, and free again afterwards", () =>
    Effect.gen(function* () {
      const { accept } = yield* shaken(slow)
      const both = yield* Effect.all([accept(call(1)), accept(call(1)), accept(call("1"))], {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(
        both.map(({ error, id }) => [id, error?.code]),
        [
          [1, undefined],
          [1, -32600],
          ["1", undefined]
        ]
      )
      assert.strictEqual((yield* accept(call(1))).error, undefined)
    }).pipe(Effect.scoped)
  )

  for (const { batches, era, version } of Revisions.all) {
    it.effect(`BASE-16: a batch is ${batches ? "answered" : "refused"} at ${version}`, () =>
      Effect.gen(function* () {
        const { accept } = yield* era === "stateful" ? shaken(slow, version) : peerOf(slow)
        const meta = era === "stateful" ? {} : { _meta: modern() }
        const answer = yield* accept([request(1, "tools/call", meta), request(2, "tools/call", meta)])
        if (batches) {
          assert.deepStrictEqual(
            answer.map(({ id }: { readonly id: unknown }) => id),
            [1, 2]
          )
        } else assert.deepStrictEqual([answer.id, answer.error.code], [undefined, -32600])
      }).pipe(Effect.scoped)
    )
  }
})

/** A list in a list in a list. */
const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth))
