/** JSON Schemas in the words a person would use: `a: number, unit?: "c" | "f"`. */
import { record } from "../hosts/Format.ts"

/** The properties of an object schema; optional ones have a question mark. */
export const of = (schema: unknown): string => {
  const { properties, required } = record(schema)
  const needed = Array.isArray(required) ? required : []
  return Object.entries(record(properties))
    .map(([name, property]) => `${name}${needed.includes(name) ? "" : "?"}: ${type(property)}`)
    .join(", ")
}

/** Deeper than this, an object is only called one. */
const deepest = 2

export const type = (schema: unknown, depth = 0): string => {
  const self = record(schema)
  const { items, properties, type: kind } = self
  const options = self["enum"] ?? (Object.hasOwn(self, "const") ? [self["const"]] : undefined)
  if (Array.isArray(options)) return options.map((value) => JSON.stringify(value)).join(" | ")
  const several = self["anyOf"] ?? self["oneOf"]
  if (Array.isArray(several)) return [...new Set(several.map((each) => type(each, depth)))].join(" | ")
  if (Array.isArray(kind)) return kind.join(" | ")
  if (kind === "array") return `${wrapped(type(items, depth + 1))}[]`
  if (kind === "object" && properties !== undefined && depth < deepest) {
    const members = Object.entries(record(properties)).map(
      ([name, each]) => `${name}: ${type(each, depth + 1)}`
    )
    return `{ ${members.join(", ")} }`
  }
  return typeof kind === "string" ? kind : "any"
}

const wrapped = (text: string) => (text.includes(" | ") ? `(${text})` : text)
