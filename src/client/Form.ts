/**
 * The flat schemas of form elicitation: filling in defaults, and finding what does not fit. Values that a person
 * typed deserve precise advice, so every problem is found, each with the property it is about.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation#requested-schema
 */
import * as JsonRpc from "../protocol/JsonRpc.ts"

/** What a form may contain: strings, numbers, booleans and selections of strings. */
export interface Content {
  readonly [property: string]: string | number | boolean | ReadonlyArray<string>
}

const own = (object: unknown, key: string): unknown =>
  JsonRpc.isObject(object) && Object.hasOwn(object, key) ? object[key] : undefined

const properties = (schema: JsonRpc.Params): ReadonlyArray<readonly [string, JsonRpc.Params]> => {
  const declared = own(schema, "properties")
  return JsonRpc.isObject(declared)
    ? Object.entries(declared).map(([name, value]) => [name, JsonRpc.isObject(value) ? value : {}] as const)
    : []
}

/** Adds the default of every property that has one and was left out. */
export const withDefaults = (schema: JsonRpc.Params, content: JsonRpc.Params): JsonRpc.Params => {
  const missing = properties(schema).filter(
    ([name, property]) => !Object.hasOwn(content, name) && Object.hasOwn(property, "default")
  )
  return missing.length === 0
    ? content
    : { ...content, ...Object.fromEntries(missing.map(([name, property]) => [name, property["default"]])) }
}

/** Everything that is wrong with a filled form, in words; empty when it fits. */
export const problems = (schema: JsonRpc.Params, content: JsonRpc.Params): ReadonlyArray<string> => {
  const required = own(schema, "required")
  const missing = (Array.isArray(required) ? required : [])
    .filter((name) => typeof name === "string" && !Object.hasOwn(content, name))
    .map((name) => `"${name}" is required`)
  const declared = new Map(properties(schema))
  const wrong = Object.entries(content).flatMap(([name, value]) => {
    const property = declared.get(name)
    const problem = property === undefined ? undefined : wrongWith(property, value)
    return problem === undefined ? [] : [`"${name}" ${problem}`]
  })
  return [...missing, ...wrong]
}

const wrongWith = (property: JsonRpc.Params, value: unknown): string | undefined => {
  switch (property["type"]) {
    case "string":
      return wrongString(property, value)
    case "number":
    case "integer":
      return wrongNumber(property, value)
    case "boolean":
      return typeof value === "boolean" ? undefined : "must be true or false"
    case "array":
      return wrongSelection(property, value)
    default:
      return "has a type that forms do not know"
  }
}

/** The values a selection offers, in either of its spellings; `undefined` where any string will do. */
const choices = (property: unknown, titled: "oneOf" | "anyOf"): ReadonlyArray<unknown> | undefined => {
  const plain = own(property, "enum")
  if (Array.isArray(plain)) return plain
  const options = own(property, titled)
  return Array.isArray(options) ? options.map((option) => own(option, "const")) : undefined
}

const quoted = (values: ReadonlyArray<unknown>) => values.map((value) => JSON.stringify(value)).join(", ")
const listed = (values: ReadonlyArray<unknown>) => `must be one of ${quoted(values)}`

const below = (least: unknown, actual: number) => typeof least === "number" && actual < least
const above = (most: unknown, actual: number) => typeof most === "number" && actual > most

const wrongString = (property: JsonRpc.Params, value: unknown): string | undefined => {
  if (typeof value !== "string") return "must be a string"
  const offered = choices(property, "oneOf")
  if (offered !== undefined) return offered.includes(value) ? undefined : listed(offered)
  const length = [...value].length
  if (below(property["minLength"], length)) return `must have at least ${property["minLength"]} characters`
  if (above(property["maxLength"], length)) return `must have at most ${property["maxLength"]} characters`
  const format = typeof property["format"] === "string" ? formats.get(property["format"]) : undefined
  return format === undefined || format.fits(value) ? undefined : `must be ${format.noun}`
}

const wrongNumber = (property: JsonRpc.Params, value: unknown): string | undefined => {
  if (typeof value !== "number" || !Number.isFinite(value)) return "must be a number"
  if (property["type"] === "integer" && !Number.isInteger(value)) return "must be an integer"
  if (below(property["minimum"], value)) return `must be at least ${property["minimum"]}`
  if (above(property["maximum"], value)) return `must be at most ${property["maximum"]}`
  return undefined
}

const wrongSelection = (property: JsonRpc.Params, value: unknown): string | undefined => {
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string"))
    return "must be a list of strings"
  if (below(property["minItems"], value.length)) return `must have at least ${property["minItems"]} entries`
  if (above(property["maxItems"], value.length)) return `must have at most ${property["maxItems"]} entries`
  const offered = choices(own(property, "items"), "anyOf")
  return offered === undefined || value.every((item) => offered.includes(item))
    ? undefined
    : `may only contain ${quoted(offered)}`
}

interface Format {
  readonly noun: string
  readonly fits: (value: string) => boolean
}

/** Linear-time tests: a form must not be a way to keep the client busy. */
const formats = new Map<string, Format>([
  ["email", { noun: "an email address", fits: (value) => /^[^\s@]+@[^\s@]+$/u.test(value) }],
  ["uri", { noun: "a URI", fits: (value) => URL.canParse(value) }],
  ["date", { noun: "a date such as 2026-07-28", fits: (value) => isDated(/^\d{4}-\d{2}-\d{2}$/u, value) }],
  [
    "date-time",
    {
      noun: "a date and time such as 2026-07-28T12:00:00Z",
      fits: (value) =>
        isDated(/^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/u, value)
    }
  ]
])

const isDated = (pattern: RegExp, value: string) => pattern.test(value) && !Number.isNaN(Date.parse(value))
