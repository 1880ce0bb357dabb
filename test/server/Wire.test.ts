/** What peers of each revision are told, word for word: a client of ours reads all of it in the words of the newest. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as Revisions from "../../src/protocol/Revisions.ts"
import * as Prompt from "../../src/server/Prompt.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import { modern, peerOf, request, shaken } from "./peers.ts"

const server = Server.make(
  { name: "test", version: "1.0.0" },
  Resource.text("note://one", {}, "1"),
  Resource.template("users://{id}", { visible: () => false }, ({ id }) => id),
  Resource.make("note://broken", {}, () => {
    throw new Error("the database password is hunter2")
  }),
  Prompt.make(
    "broken",
    {
      arguments: { a: Schema.String },
      complete: {
        a: () => {
          throw new Error("the database password is hunter2")
        }
      }
    },
    () => ""
  )
)

for (const { era, version } of Revisions.all) {
  /** Asks as a peer of this revision would. */
  const ask = Effect.fnUntraced(function* (method: string, params: JsonRpc.Params) {
    const { accept } = era === "stateless" ? yield* peerOf(server) : yield* shaken(server, version)
    return yield* accept(request(1, method, era === "stateless" ? { ...params, _meta: modern() } : params))
  }, Effect.scoped)
  const read = (uri: string) => ask("resources/read", { uri })

  describe(`the wire at ${version}`, () => {
    it.effect(
      "S040, RSRC-7, RSRC-8, RSRC-10: what is not there, or not for everybody, has the code for it",
      () =>
        Effect.gen(function* () {
          for (const uri of ["note://two", "users://1", "no uri at all"]) {
            const { error } = yield* read(uri)
            assert.strictEqual(error.code, version === "2026-07-28" ? -32602 : -32002, uri)
            assert.deepStrictEqual(error.data, { uri })
          }
        })
    )

    it.effect("RSRC-7, RSRC-9, COMP-3: an error inside is -32603", () =>
      Effect.gen(function* () {
        const completion = ask("completion/complete", {
          ref: { type: "ref/prompt", name: "broken" },
          argument: { name: "a", value: "" }
        })
        for (const { error } of yield* Effect.all([read("note://broken"), completion])) {
          assert.strictEqual(error.code, -32603)
          assert.notInclude(JSON.stringify(error), "hunter2")
        }
      })
    )
  })
}
