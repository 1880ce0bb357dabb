import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { InsufficientScope, Refused } from "../../src/http/Exchange.ts"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as McpError from "../../src/protocol/McpError.ts"
import * as Method from "../../src/server/Method.ts"
import * as Prompt from "../../src/server/Prompt.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import * as Tool from "../../src/server/Tool.ts"
import { modern, peerOf, request, shaken } from "./peers.ts"

const needed = new InsufficientScope({ scopes: ["files:read", "files:write"] })

const server = Server.make(
  { name: "files", version: "1.0.0" },
  Tool.handle(Tool.make("effect"), () => Effect.fail(needed)),
  Tool.handle(Tool.make("thrown"), () => {
    throw needed
  }),
  Tool.handle(Tool.make("recovered"), () =>
    Effect.catch(Effect.fail(needed), () => Effect.succeed("partly"))
  ),
  Tool.handle(Tool.make("relayed"), () =>
    Effect.fail(McpError.make(403, "from another server", { scopes: ["all"] }))
  ),
  Resource.make("file://a", {}, () => Effect.fail(needed)),
  Resource.make("file://b", {}, () => Promise.reject(needed)),
  Prompt.make("summary", {}, () => Effect.fail(needed)),
  Method.make("com.example/wipe", () => Effect.fail(needed))
)

const failing: ReadonlyArray<readonly [string, string, JsonRpc.Params]> = [
  ["a tool", "tools/call", { name: "effect" }],
  ["a tool without Effect", "tools/call", { name: "thrown" }],
  ["a resource", "resources/read", { uri: "file://a" }],
  ["a resource without Effect", "resources/read", { uri: "file://b" }],
  ["a prompt", "prompts/get", { name: "summary" }],
  ["a method of one's own", "com.example/wipe", {}]
]

/** What a peer is answered, and what whoever carries the answer hears beside it. */
const ask = (method: string, params: JsonRpc.Params, stateful = false) =>
  Effect.scoped(
    Effect.gen(function* () {
      const heard: Array<InsufficientScope> = []
      const { accept } = yield* stateful ? shaken(server) : peerOf(server)
      const sent = stateful ? params : { ...params, _meta: modern() }
      const answer = yield* Effect.provideService(
        accept(request(1, method, sent)),
        Refused,
        (scopes) => void heard.push(scopes)
      )
      return { answer, heard }
    })
  )

describe("Forbidden", () => {
  for (const stateful of [false, true]) {
    for (const [title, method, params] of failing) {
      it.effect(`${title} fails for want of scopes, ${stateful ? "in a session" : "without a session"}`, () =>
        Effect.map(ask(method, params, stateful), ({ answer, heard }) => {
          assert.deepStrictEqual(answer, {
            jsonrpc: "2.0",
            id: 1,
            error: {
              code: 403,
              message: "This needs the scope files:read files:write",
              data: { scopes: ["files:read", "files:write"] }
            }
          })
          assert.deepStrictEqual(heard, [needed])
        })
      )
    }
  }

  it.effect("a handler that goes on without the scopes has not failed", () =>
    Effect.map(ask("tools/call", { name: "recovered" }), ({ heard }) => assert.deepStrictEqual(heard, []))
  )

  it.effect("the refusal of another server is not taken for our own", () =>
    Effect.map(ask("tools/call", { name: "relayed" }), ({ heard }) => assert.deepStrictEqual(heard, []))
  )
})
