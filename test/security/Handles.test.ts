/** Row B9 of the known faults: whoever has a handle has no more than a handle. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Ask from "mcp-effect/Ask"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import { faces } from "../http/faces.ts"
import { json, modern } from "../http/messages.ts"
import { baseline } from "./baseline.ts"
import { as, named } from "./telling.ts"

const make = (ran: Array<string>) => {
  const asking = (name: string) =>
    Tool.handle(
      Tool.make(name, { input: { secret: Schema.String }, output: Schema.String }),
      Effect.fnUntraced(function* ({ secret }) {
        const { sure } = yield* Ask.elicit("Sure?", Schema.Struct({ sure: Schema.Boolean }))
        ran.push(`${name} ${secret} ${sure}`)
        return "done"
      })
    )
  return Server.make({ name: "handles", version: "1.0.0" }, asking("pay"), asking("tip"))
}

for (const [face, open] of faces) {
  describe(`a sealed state over ${face}`, () => {
    it.live("B9: of somebody else, or changed, is refused with the words for one that never was", () =>
      Effect.gen(function* () {
        const ran: Array<string> = []
        const peer = yield* open(make(ran), { guard: named })
        const pay = (user: string, more: object = {}, name = "pay", secret = "of Ada") =>
          peer.ask(modern("tools/call", { name, arguments: { secret }, ...more }, { headers: as(user) }))
        const { result } = json(yield* pay("ada"))
        const state: string = result.requestState
        const [key = ""] = Object.keys(result.inputRequests)
        const answered = (requestState: string) => ({
          requestState,
          inputResponses: { [key]: { action: "accept", content: { sure: true } } }
        })
        const never = yield* pay("ada", answered("bm90aGluZyB3YXMgZXZlciBzZWFsZWQgbGlrZSB0aGlz"))
        assert.strictEqual(json(never).error.code, -32602)
        const middle = Math.floor(state.length / 2)
        const changed = state[middle] === "A" ? "B" : "A"
        const bobs = json(yield* pay("bob")).result.requestState
        const attempts = [
          ["of somebody else", pay("bob", answered(state))],
          ["of nobody in particular", pay("", answered(state))],
          ["of one whose name begins alike", pay("ada2", answered(state))],
          ["of another caller, brought by the owner", pay("ada", answered(bobs))],
          [
            "changed in the middle",
            pay("ada", answered(`${state.slice(0, middle)}${changed}${state.slice(middle + 1)}`))
          ],
          ["cut", pay("ada", answered(state.slice(0, -4)))],
          ["made longer", pay("ada", answered(`${state}AAAA`))],
          ["twice", pay("ada", answered(state + state))],
          ["empty", pay("ada", answered(""))],
          ["for another tool", pay("ada", answered(state), "tip")],
          ["for other arguments", pay("ada", answered(state), "pay", "of Bob")]
        ] as const
        for (const [what, attempt] of attempts) {
          const { headers, status, text } = yield* attempt
          assert.deepStrictEqual([status, text], [never.status, never.text], what)
          assert.strictEqual(headers["content-type"], never.headers["content-type"], what)
        }
        assert.deepStrictEqual(ran, [])
        assert.strictEqual(json(yield* pay("ada", answered(state))).result.content[0].text, "done")
        assert.deepStrictEqual(ran, ["pay of Ada true"])
      }).pipe(baseline)
    )

    it.live("ELIC-39: who introduces itself as the owner is not taken for the owner", () =>
      Effect.gen(function* () {
        const ran: Array<string> = []
        const peer = yield* open(make(ran), { guard: named })
        const meta = {
          "io.modelcontextprotocol/clientInfo": { name: "Ada's laptop", version: "1.0.0" },
          "com.example/user": "ada"
        }
        const pay = (user: string, more: object = {}) => {
          const params = { name: "pay", arguments: { secret: "of Ada" }, ...more }
          return Effect.map(peer.ask(modern("tools/call", params, { meta, headers: as(user) })), json)
        }
        const { inputRequests, requestState } = (yield* pay("ada")).result
        const [key = ""] = Object.keys(inputRequests)
        const inputResponses = { [key]: { action: "accept", content: { sure: true } } }
        const refused = yield* pay("bob", { requestState, inputResponses })
        assert.strictEqual(refused.error.code, -32602)
        assert.deepStrictEqual(ran, [])
      }).pipe(baseline)
    )
  })
}
