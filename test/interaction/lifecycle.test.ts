import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import { battery } from "./battery.ts"

battery("lifecycle", (it, { stateless, version }) => {
  it.effect(
    "S006, S007, BASE-2, STDIO-5, LIFE-3, VER-5: who is at the other end, in the revision's words",
    () =>
      Effect.gen(function* () {
        const { server } = yield* Client.Client
        assert.strictEqual(server.protocolVersion, version)
        assert.strictEqual(server.era, stateless ? "stateless" : "stateful")
        assert.strictEqual(server.info?.name, "everything")
        assert.strictEqual(server.instructions, "Try everything.")
        assert.strictEqual(server.info?.title, version >= "2025-06-18" ? "Everything" : undefined)
        assert.strictEqual(
          (server.info?.["icons"] as ReadonlyArray<unknown> | undefined)?.length,
          version >= "2025-11-25" ? 1 : undefined
        )
      })
  )

  it.effect("S171, S214, TOOL-1, RSRC-1, PRMT-1, LOG-1: capabilities are those of what is there", () =>
    Effect.gen(function* () {
      const { capabilities } = (yield* Client.Client).server
      assert.deepStrictEqual(capabilities, {
        tools: { listChanged: true },
        resources: { listChanged: true, subscribe: true },
        prompts: { listChanged: true },
        logging: {},
        experimental: { "example.com/dice": { sides: 6 } },
        ...(version === "2024-11-05" ? {} : { completions: {} })
      })
    })
  )

  it.effect("LIFE-20: the server answers", () => Effect.flatMap(Client.Client, (client) => client.ping))
})
