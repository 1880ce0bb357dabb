import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as JsonSchema from "../src/JsonSchema.ts"
import * as Tool from "../src/server/Tool.ts"

const text = (header: unknown, type = "string") => ({ type, "x-mcp-header": header })

describe("JsonSchema.headers", () => {
  it("finds annotated properties, nested ones too, and the way to them", () => {
    const schema = {
      type: "object",
      properties: {
        region: text("Region"),
        where: { type: "object", properties: { shard: text("Shard", "integer") } }
      }
    }
    assert.deepStrictEqual(JsonSchema.headers(schema), {
      fields: [
        { name: "Region", path: ["region"] },
        { name: "Shard", path: ["where", "shard"] }
      ],
      faults: []
    })
  })

  const faults: ReadonlyArray<readonly [name: string, schema: JsonSchema.Document, fault: string]> = [
    ["an empty name", { properties: { a: text("") } }, "is not an HTTP token"],
    ["a line feed", { properties: { a: text("A\nB") } }, "is not an HTTP token"],
    ["no text", { properties: { a: text(5) } }, "is not an HTTP token"],
    ["the same name in another case", { properties: { a: text("Same"), b: text("sAME") } }, "is used twice"],
    [
      "a number",
      { properties: { a: text("A", "number") } },
      "is on an argument that is no string, integer or boolean"
    ],
    ["a list", { properties: { a: { type: "array", items: text("A") } } }, "is not on a property reached"],
    ["a union", { anyOf: [{ properties: { a: text("A") } }] }, "is not on a property reached"],
    ["a definition", { $defs: { a: text("A") } }, "is not on a property reached"],
    ["the root", text("A"), "is not on a property reached"]
  ]
  for (const [name, schema, fault] of faults) {
    it(`TOOL-7: an x-mcp-header with ${name} is a fault`, () => {
      assert.include(JsonSchema.headers(schema).faults.join("; "), fault)
    })
  }

  it("a tool with such a fault is refused where it is made, because clients on HTTP would drop it in silence", () => {
    const tool = Tool.make("t", { input: { n: Schema.Number.annotate({ "x-mcp-header": "N" }) } })
    assert.throws(
      () => Tool.handle(tool, () => "x"),
      'The tool "t" cannot be used over HTTP: x-mcp-header "N"'
    )
  })

  it("HTTP-31, HTTP-32, HTTP-33: none of these annotations gets into a server, however the schema is given", () => {
    for (const [name, schema] of faults) {
      const tool = Tool.make("t", { input: JsonSchema.raw({ type: "object", ...schema }) })
      assert.throws(() => Tool.handle(tool, () => "x"), "cannot be used over HTTP", name)
    }
  })
})
