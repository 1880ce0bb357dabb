/** What is read is what was written, and an older revision loses only what it has no words for. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as Methods from "../../src/protocol/Methods.ts"
import type { Translation } from "../../src/protocol/Revision.ts"
import * as Revisions from "../../src/protocol/Revisions.ts"
import { types } from "./types.ts"

const count = 40

/** Values of a schema, as JSON carries them. */
const wire = (schema: Schema.Constraint, seed: string) =>
  Effect.map(Arbitrary.sampleEffect(Arbitrary.schema(schema), { count, seed }), (values) =>
    values.map((value) => JSON.parse(JSON.stringify(value)) as JsonRpc.Params)
  )

const messages: ReadonlyArray<readonly [string, Schema.Constraint]> = [
  ...Object.entries({ ...Methods.fromClient, ...Methods.fromClientStateful, ...Methods.questions }).flatMap(
    ([method, { params, result }]): ReadonlyArray<readonly [string, Schema.Constraint]> => [
      [`the params of ${method}`, params],
      [`the result of ${method}`, result]
    ]
  ),
  ...Object.entries(Methods.notifications).map(([method, params]) => [method, params] as const),
  ...types
]

describe("decoding what was encoded gives the same", () => {
  for (const [title, schema] of messages) {
    it.effect(title, () => {
      const codec = schema as Schema.Codec<unknown>
      return Effect.map(wire(schema, title), (values) => {
        for (const value of values) {
          const decoded = Schema.decodeUnknownSync(codec)(value)
          assert.deepStrictEqual(decoded, value, "nothing is transformed, and nothing lost")
          assert.deepStrictEqual(Schema.encodeSync(codec)(decoded), value)
        }
      })
    })
  }
})

describe("what has passed through an older revision once passes through it unchanged again", () => {
  const there = (kind: "params" | "result" | "ask" | "answer") => (down: Translation, up: Translation) => {
    return (method: string, value: JsonRpc.Params) => up[kind](method, down[kind](method, value))
  }
  for (const revision of Revisions.all) {
    const check = (kind: Parameters<typeof there>[0], method: string, schema: Schema.Constraint) =>
      it.effect(`${revision.version}: ${kind} of ${method}`, () =>
        Effect.map(wire(schema, revision.version + method + kind), (values) => {
          const back = there(kind)(revision.down, revision.up)
          for (const value of values) {
            const once = back(method, value)
            assert.deepStrictEqual(back(method, once), once)
          }
        })
      )
    for (const [method, { params, result }] of Object.entries({
      ...Methods.fromClient,
      ...Methods.fromClientStateful
    })) {
      if (!revision.fromClient.requests.has(method)) continue
      check("params", method, params)
      check("result", method, result)
    }
    for (const [method, { params, result }] of Object.entries(Methods.questions)) {
      check("ask", method, params)
      check("answer", method, result)
    }
  }
})
