import { assert, describe, it } from "@effect/vitest"
import { failureKey } from "../../src/Contract.ts"
import * as Meta from "../../src/protocol/Meta.ts"

const wellFormed = [
  "name",
  "n",
  "0",
  "a-b_c.d",
  "com.example/name",
  "com.example/a.b-c_d",
  "com.example/",
  "a/b",
  "a-1.b2/c",
  "traceparent"
]
const badPrefix = [
  "/name",
  "com..example/name",
  ".com/name",
  "com./name",
  "1com.example/name",
  "com.1example/name",
  "com-.example/name",
  "com.exa_mple/name",
  "com.example /name"
]
const badName = [
  "",
  "-name",
  "name-",
  "_name",
  ".name",
  "name.",
  "com.example/-name",
  "com.example/a/b",
  "näme",
  "a b"
]

describe("keys of _meta", () => {
  for (const key of wellFormed) {
    it(`META-2, META-4: ${JSON.stringify(key)} is one`, () => assert.isTrue(Meta.isKey(key)))
  }
  for (const key of badPrefix) {
    it(`META-2: ${JSON.stringify(key)} is none`, () => assert.isFalse(Meta.isKey(key)))
  }
  for (const key of badName) {
    it(`META-4: ${JSON.stringify(key)} is none`, () => assert.isFalse(Meta.isKey(key)))
  }

  for (const [key, reserved] of [
    ["io.modelcontextprotocol/x", true],
    ["dev.mcp/x", true],
    ["org.modelcontextprotocol.api/x", true],
    ["com.mcp.tools/x", true],
    ["com.example.mcp/x", false],
    ["mcp.example/x", false],
    ["mcp/x", false],
    ["modelcontextprotocol", false]
  ] as const) {
    it(`META-6: ${key} is ${reserved ? "the protocol's" : "free"}`, () =>
      assert.strictEqual(Meta.isReserved(key), reserved))
  }

  it("META-2, META-4, META-5, META-6: our one key is well formed, and not the protocol's by the old rule or the new", () => {
    assert.isTrue(Meta.isKey(failureKey))
    assert.isFalse(Meta.isReserved(failureKey))
    assert.notMatch(failureKey, /\b(?:mcp|modelcontextprotocol)\.[^/]*\//)
  })

  for (const id of ["name", "com.example/", "/name", "com.example/a b", ""]) {
    it(`EXT-1: ${JSON.stringify(id)} cannot name an extension`, () =>
      assert.throws(() => Meta.checkExtension(id), /cannot name an extension: that takes a prefix/))
  }
  it("EXT-1: a name with a prefix can", () => Meta.checkExtension("io.modelcontextprotocol/ui"))
})
