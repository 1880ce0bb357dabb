import { assert, describe, it } from "@effect/vitest"
import * as StdioGuard from "../../src/transport/StdioGuard.ts"

describe("StdioGuard", () => {
  it("G6: descriptors of the protocol are replaced however a child would get them", () => {
    const safe = ["ignore", 2, "inherit"]
    assert.deepStrictEqual(StdioGuard.safeStdio("inherit"), safe)
    assert.deepStrictEqual(StdioGuard.safeStdio(["inherit", "inherit", "inherit"]), safe)
    assert.deepStrictEqual(StdioGuard.safeStdio([0, 1, 2]), ["ignore", 2, 2])
    assert.deepStrictEqual(StdioGuard.safeStdio([{ fd: 0 }, { fd: 1 }, { fd: 7 }]), ["ignore", 2, { fd: 7 }])
    assert.deepStrictEqual(StdioGuard.safeStdio(["pipe", "pipe", 1]), ["pipe", "pipe", 2])
  })

  it("G6: streams of its own are left to a child", () => {
    for (const stdio of ["pipe", "ignore", ["pipe", "ignore", "inherit", "ipc"], undefined, null]) {
      assert.deepStrictEqual(StdioGuard.safeStdio(stdio), stdio)
    }
  })

  it("P12: the culprit is the first place that is neither Node, nor Effect, nor the guard", () => {
    const stack = [
      "Error",
      "    at hint (file:///app/node_modules/mcp-effect/dist/transport/StdioGuard.js:30:40)",
      "    at console.log (node:internal/console/constructor:385:61)",
      "    at Array.map (<anonymous>)",
      "    at runLoop (file:///app/node_modules/effect/dist/internal/effect.js:452:10)",
      "    at handler (file:///app/server.js:12:5)",
      "    at other (file:///app/other.js:1:1)"
    ].join("\n")
    assert.strictEqual(StdioGuard.culprit(stack), "at handler (file:///app/server.js:12:5)")
    assert.strictEqual(
      StdioGuard.culprit("Error\n    at C:\\app\\server.js:3:1"),
      "at C:\\app\\server.js:3:1"
    )
    assert.strictEqual(StdioGuard.culprit(undefined), "at an unknown place")
  })
})
