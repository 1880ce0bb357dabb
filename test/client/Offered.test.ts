import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { refusal } from "../../src/client/Offered.ts"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const server = (capabilities: JsonRpc.Params, protocolVersion = "2025-11-25") =>
  ({
    capabilities,
    protocolVersion,
    era: protocolVersion === "2026-07-28" ? "stateless" : "stateful"
  }) as const

describe("H7 of the known faults: what a server offered", () => {
  for (const [method, capabilities] of [
    ["tools/list", { tools: {} }],
    ["tools/call", { tools: { listChanged: true } }],
    ["prompts/get", { prompts: {} }],
    ["resources/read", { resources: {} }],
    ["resources/templates/list", { resources: {} }],
    ["resources/subscribe", { resources: { subscribe: true } }],
    ["logging/setLevel", { logging: {} }],
    ["completion/complete", { completions: {} }]
  ] as const) {
    it(`LIFE-12, LIFE-13: ${method} needs what the server declared`, () => {
      assert.isUndefined(refusal(server(capabilities), method))
      assert.strictEqual(refusal(server({}), method)?.code, -32601)
      assert.isUndefined(refusal(server({}, "2026-07-28"), method), "there the server says so itself")
    })
  }

  it("LIFE-13: resources alone are no subscriptions", () => {
    const refused = refusal(server({ resources: { subscribe: false } }), "resources/subscribe")
    assert.strictEqual(
      refused?.message,
      "resources/subscribe was not sent: the server does not declare resources.subscribe"
    )
  })

  for (const method of ["ping", "com.example/own", "toolshed/open", "__proto__"]) {
    it(`${method} belongs to no capability`, () => assert.isUndefined(refusal(server({}), method)))
  }

  it("completion was no capability in 2024-11-05", () => {
    assert.isUndefined(refusal(server({}, "2024-11-05"), "completion/complete"))
    assert.isDefined(refusal(server({}, "2025-03-26"), "completion/complete"))
  })

  it.effect("LIFE-13, PRMT-9: what was not negotiated is not sent", () =>
    Effect.gen(function* () {
      const peer = Peer.make(Peer.initialize("2025-11-25", { tools: {} }))
      const client = yield* connect(peer, { versions: ["2025-11-25"] })
      const before = peer.words()
      const error = yield* Effect.flip(client.prompts)
      assert.strictEqual(error._tag === "McpError" && error.code, -32601)
      assert.deepStrictEqual(peer.words(), before)
    })
  )
})
