import { assert, describe, it } from "@effect/vitest"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as Revisions from "../../src/protocol/Revisions.ts"
import * as Era from "../../src/server/Era.ts"

const version = "io.modelcontextprotocol/protocolVersion"
const capabilities = "io.modelcontextprotocol/clientCapabilities"
const modern = { [version]: "2026-07-28", [capabilities]: {} }

type Row = readonly [
  title: string,
  settled: string | undefined,
  method: string,
  params: JsonRpc.Params | undefined,
  verdict: string
]

const table: ReadonlyArray<Row> = [
  [
    "VER-14: initialize opens the stateful era",
    undefined,
    "initialize",
    { protocolVersion: "2025-11-25" },
    "Initialize"
  ],
  [
    "TRAPS 1: initialize is of the stateful era whatever its _meta says",
    undefined,
    "initialize",
    { _meta: modern },
    "Initialize"
  ],
  [
    "B10: a second initialize is refused",
    "2025-06-18",
    "initialize",
    { protocolVersion: "2025-11-25" },
    "Refused -32600"
  ],
  [
    "VER-14: a request with modern _meta is served statelessly",
    undefined,
    "tools/list",
    { _meta: modern },
    "Stateless"
  ],
  ["VER-14: also inside a session", "2025-11-25", "tools/list", { _meta: modern }, "Stateless"],
  ["VER-3: discover needs nothing before it", undefined, "server/discover", { _meta: modern }, "Stateless"],
  ["META-9: no params", undefined, "tools/list", undefined, "Refused -32602"],
  ["META-9: no _meta", undefined, "tools/list", {}, "Refused -32602"],
  ["META-9: _meta of another type", undefined, "tools/list", { _meta: [] }, "Refused -32602"],
  ["META-9: an empty _meta", undefined, "server/discover", { _meta: {} }, "Refused -32602"],
  [
    "META-9: no clientCapabilities",
    undefined,
    "tools/list",
    { _meta: { [version]: "2026-07-28" } },
    "Refused -32602"
  ],
  [
    "META-9: clientCapabilities of another type",
    undefined,
    "tools/list",
    { _meta: { ...modern, [capabilities]: true } },
    "Refused -32602"
  ],
  [
    "META-9: no protocolVersion",
    undefined,
    "tools/list",
    { _meta: { [capabilities]: {} } },
    "Refused -32602"
  ],
  [
    "META-9: a version that is no string",
    undefined,
    "tools/list",
    { _meta: { ...modern, [version]: 20260728 } },
    "Refused -32602"
  ],
  [
    "META-9: also inside a session",
    "2025-11-25",
    "tools/list",
    { _meta: { [version]: "2026-07-28" } },
    "Refused -32602"
  ],
  [
    "META-1: reserved keys that nobody knows yet may have any value",
    undefined,
    "tools/list",
    { _meta: { ...modern, "io.modelcontextprotocol/x": [null], "dev.mcp/y": 7 } },
    "Stateless"
  ],
  [
    "TRAPS 10: required _meta comes before the version",
    undefined,
    "tools/list",
    { _meta: { [version]: "1999-01-01" } },
    "Refused -32602"
  ],
  ["TRAPS 10: required _meta comes before the method", undefined, "no/such", {}, "Refused -32602"],
  [
    "VER-1: an unknown version",
    undefined,
    "tools/list",
    { _meta: { ...modern, [version]: "2099-01-01" } },
    "Refused -32022"
  ],
  [
    "VER-1: a version that needs the handshake",
    undefined,
    "tools/list",
    { _meta: { ...modern, [version]: "2025-11-25" } },
    "Refused -32022"
  ],
  [
    "TRAPS 10: the version comes before the method",
    undefined,
    "no/such",
    { _meta: { ...modern, [version]: "2099-01-01" } },
    "Refused -32022"
  ],
  [
    "ERR-9: an unknown method is left to the server, which answers -32601",
    undefined,
    "no/such",
    { _meta: modern },
    "Stateless"
  ],
  ["S007, LIFE-1: a request before initialize", undefined, "tools/call", { name: "x" }, "Refused -32602"],
  ["LIFE-20: ping before initialize", undefined, "ping", undefined, "Ping"],
  ["LIFE-20: ping in a session", "2024-11-05", "ping", { _meta: { progressToken: 1 } }, "Ping"],
  ["README: there is no ping in 2026-07-28", undefined, "ping", { _meta: modern }, "Refused -32601"],
  ["LIFE-13: a request of the session", "2025-11-25", "tools/list", undefined, "Stateful 2025-11-25"],
  [
    "LIFE-13: _meta of one's own does not leave the session",
    "2025-03-26",
    "tools/list",
    { _meta: { "com.example/x": 1 } },
    "Stateful 2025-03-26"
  ],
  [
    "LIFE-13: repeating the session's version does not leave it",
    "2025-06-18",
    "tools/list",
    { _meta: { [version]: "2025-06-18" } },
    "Stateful 2025-06-18"
  ],
  ["ERR-9: discover is not of a session", "2025-11-25", "server/discover", {}, "Refused -32601"],
  ["ERR-9: listen is not of a session", "2025-11-25", "subscriptions/listen", {}, "Refused -32601"],
  [
    "ERR-9: unknown methods are the server's business",
    "2025-11-25",
    "com.example/own",
    {},
    "Stateful 2025-11-25"
  ],
  [
    "BASE: prototype keys are no _meta",
    undefined,
    "tools/list",
    JSON.parse('{"__proto__":{"_meta":{}}}'),
    "Refused -32602"
  ]
]

describe("Era.decide", () => {
  for (const [title, settled, method, params, verdict] of table) {
    it(title, () => {
      const request: JsonRpc.Request = { jsonrpc: "2.0", id: 1, method, ...(params && { params }) }
      const decided = Era.decide(request, settled === undefined ? undefined : Revisions.find(settled))
      const shown =
        decided._tag === "Refused"
          ? `Refused ${decided.error.code}`
          : decided._tag === "Stateful"
            ? `Stateful ${decided.revision.version}`
            : decided._tag
      assert.strictEqual(shown, verdict)
    })
  }

  it("ERR-10: an unsupported version is told what is supported, and what it asked for", () => {
    const _meta = { ...modern, [version]: "2099-01-01" }
    const verdict = Era.stateless({ jsonrpc: "2.0", id: 1, method: "tools/list", params: { _meta } })
    assert.deepStrictEqual(verdict._tag === "Refused" && verdict.error.data, {
      supported: ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"],
      requested: "2099-01-01"
    })
  })

  it("CONF-4: clientInfo may be missing", () => {
    const verdict = Era.stateless({ jsonrpc: "2.0", id: 1, method: "tools/list", params: { _meta: modern } })
    assert.strictEqual(verdict._tag === "Stateless" && verdict.meta.clientInfo, undefined)
  })
})

describe("Era.settle", () => {
  for (const version of ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]) {
    it(`LIFE-9: ${version} is echoed`, () => assert.strictEqual(Era.settle(version).version, version))
  }
  for (const version of ["2026-07-28", "2099-01-01", "1.0", "", "__proto__"]) {
    it(`LIFE-10, TRAPS 2: "${version}" gets our newest with a handshake`, () =>
      assert.strictEqual(Era.settle(version).version, "2025-11-25"))
  }
})
