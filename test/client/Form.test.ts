import { assert, describe, it } from "@effect/vitest"
import * as Form from "../../src/client/Form.ts"

const schema = {
  type: "object",
  properties: {
    name: { type: "string", minLength: 2, maxLength: 5 },
    mail: { type: "string", format: "email" },
    day: { type: "string", format: "date" },
    at: { type: "string", format: "date-time" },
    site: { type: "string", format: "uri" },
    age: { type: "integer", minimum: 18, maximum: 99, default: 30 },
    size: { type: "string", enum: ["S", "M"], default: "M" },
    colour: { type: "string", oneOf: [{ const: "r", title: "Red" }] },
    extras: { type: "array", minItems: 1, items: { anyOf: [{ const: "x", title: "X" }] } },
    kinds: { type: "array", maxItems: 1, items: { type: "string", enum: ["k"] } },
    agreed: { type: "boolean" }
  },
  required: ["name"]
}

describe("Form", () => {
  it("ELIC-13: what was left out gets its default", () => {
    assert.deepStrictEqual(Form.withDefaults(schema, { name: "Ada", age: 40 }), {
      name: "Ada",
      age: 40,
      size: "M"
    })
  })

  it("a filled form that fits has no problems", () => {
    const content = {
      name: "Ada",
      mail: "ada@example.com",
      day: "2026-07-28",
      at: "2026-07-28T10:00:00Z",
      site: "https://example.com/",
      age: 18,
      size: "S",
      colour: "r",
      extras: ["x"],
      kinds: ["k"],
      agreed: false
    }
    assert.deepStrictEqual(Form.problems(schema, content), [])
  })

  it.each([
    [{}, '"name" is required'],
    [{ name: 1 }, '"name" must be a string'],
    [{ name: "A" }, '"name" must have at least 2 characters'],
    [{ name: "Augusta" }, '"name" must have at most 5 characters'],
    [{ name: "Ada", mail: "ada" }, '"mail" must be an email address'],
    [{ name: "Ada", day: "tomorrow" }, '"day" must be a date such as 2026-07-28'],
    [{ name: "Ada", at: "2026-07-28" }, '"at" must be a date and time such as 2026-07-28T12:00:00Z'],
    [{ name: "Ada", site: "example" }, '"site" must be a URI'],
    [{ name: "Ada", age: 18.5 }, '"age" must be an integer'],
    [{ name: "Ada", age: 17 }, '"age" must be at least 18'],
    [{ name: "Ada", age: 100 }, '"age" must be at most 99'],
    [{ name: "Ada", age: "40" }, '"age" must be a number'],
    [{ name: "Ada", size: "L" }, '"size" must be one of "S", "M"'],
    [{ name: "Ada", colour: "Red" }, '"colour" must be one of "r"'],
    [{ name: "Ada", extras: [] }, '"extras" must have at least 1 entries'],
    [{ name: "Ada", extras: ["y"] }, '"extras" may only contain "x"'],
    [{ name: "Ada", kinds: ["k", "k"] }, '"kinds" must have at most 1 entries'],
    [{ name: "Ada", kinds: "k" }, '"kinds" must be a list of strings'],
    [{ name: "Ada", agreed: "yes" }, '"agreed" must be true or false']
  ])("ELIC-40: %j is told what is wrong with it", (content, problem) => {
    assert.deepStrictEqual(Form.problems(schema, content), [problem])
  })

  it("names of the prototype are no properties", () => {
    assert.deepStrictEqual(Form.problems({ properties: {}, required: ["toString"] }, {}), [
      '"toString" is required'
    ])
  })
})
