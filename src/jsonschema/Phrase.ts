/** A JSON Schema in a few words: what a value must be, as one would tell it to somebody who got it wrong. */
import { isObject } from "../protocol/JsonRpc.ts"
import type { Document } from "./Keywords.ts"

/** "an integer from 1 to 10", "one of "red", "green""; `undefined` where the schema does not say. */
export const phrase = (schema: unknown): string | undefined => {
  const core = isObject(schema) ? coreOf(schema) : anything
  if (!isObject(schema) || core === anything) return undefined
  const example = Array.isArray(schema["examples"]) ? schema["examples"][0] : undefined
  return example === undefined ? core : `${core}, for example ${short(example)}`
}

/** A JSON value in at most about sixty characters. */
export const short = (value: unknown): string => {
  const text = typeof value === "string" ? JSON.stringify(cut(value)) : JSON.stringify(value)
  return text === undefined ? "nothing" : cut(text)
}

/** A path as one would write it: `items[0].price`. */
export const place = (path: ReadonlyArray<PropertyKey>): string =>
  path.reduce<string>((text, key) => {
    const name = String(key)
    if (/^\d+$/.test(name)) return `${text}[${name}]`
    return text === "" ? name : `${text}.${name}`
  }, "")

const anything = "another value"
const longest = 60
const cut = (text: string) => (text.length > longest ? `${text.slice(0, longest)}…` : text)

const coreOf = (schema: Document): string => {
  if (Array.isArray(schema["enum"])) return choices(schema["enum"])
  if (Object.hasOwn(schema, "const")) return short(schema["const"])
  const union = schema["anyOf"] ?? schema["oneOf"]
  if (Array.isArray(union)) return either(union.map((member) => coreOf(isObject(member) ? member : {})))
  const { type } = schema
  if (Array.isArray(type)) return either(type.map((name) => coreOf({ ...schema, type: name })))
  return typeof type === "string" ? (words.get(type)?.(schema) ?? anything) : anything
}

const choices = (values: ReadonlyArray<unknown>): string => {
  const shown = values.slice(0, 12).map(short).join(", ")
  if (values.length === 1) return shown
  return `one of ${shown}${values.length > 12 ? ` and ${values.length - 12} more` : ""}`
}

const either = (members: ReadonlyArray<string>): string => [...new Set(members)].slice(0, 6).join(" or ")

const words: ReadonlyMap<string, (schema: Document) => string> = new Map<
  string,
  (schema: Document) => string
>([
  ["string", (schema) => `${formatOf(schema)}${lengths(schema, "Length", "character")}${patternOf(schema)}`],
  ["number", (schema) => `a number${bounds(schema)}`],
  ["integer", (schema) => `an integer${bounds(schema)}`],
  ["boolean", () => "true or false"],
  ["null", () => "null"],
  [
    "array",
    (schema) =>
      `a list${Array.isArray(schema["prefixItems"]) ? "" : lengths(schema, "Items", "item")}${itemsOf(schema)}`
  ],
  ["object", (schema) => `an object${membersOf(schema)}`]
])

const formats: ReadonlyMap<unknown, string> = new Map([
  ["date-time", 'a date and time such as "2026-07-28T09:00:00Z"'],
  ["date", 'a date such as "2026-07-28"'],
  ["time", 'a time such as "09:00:00Z"'],
  ["email", "an email address"],
  ["uri", "a URI"],
  ["url", "a URL"],
  ["uuid", "a UUID"]
])

const formatOf = (schema: Document): string => {
  if (schema["contentEncoding"] === "base64") return "bytes in Base64"
  return formats.get(schema["format"]) ?? "a string"
}

const patternOf = (schema: Document) =>
  typeof schema["pattern"] === "string" && schema["format"] === undefined
    ? ` matching ${cut(schema["pattern"])}`
    : ""

const lengths = (schema: Document, of: "Length" | "Items", unit: string): string => {
  const least = schema[`min${of}`]
  const most = schema[`max${of}`]
  const units = (count: unknown) => `${String(count)} ${unit}${count === 1 ? "" : "s"}`
  if (least !== undefined && least === most) return ` of ${units(least)}`
  if (least !== undefined && most !== undefined) return ` of ${String(least)} to ${units(most)}`
  if (least !== undefined) return ` of at least ${units(least)}`
  return most === undefined ? "" : ` of at most ${units(most)}`
}

const bounds = ({ exclusiveMaximum, exclusiveMinimum, maximum, minimum, multipleOf }: Document): string => {
  const said =
    minimum !== undefined && maximum !== undefined
      ? [`from ${String(minimum)} to ${String(maximum)}`]
      : [
          ...(minimum === undefined ? [] : [`of at least ${String(minimum)}`]),
          ...(maximum === undefined ? [] : [`of at most ${String(maximum)}`])
        ]
  const all = [
    ...said,
    ...(exclusiveMinimum === undefined ? [] : [`greater than ${String(exclusiveMinimum)}`]),
    ...(exclusiveMaximum === undefined ? [] : [`less than ${String(exclusiveMaximum)}`]),
    ...(multipleOf === undefined ? [] : [`divisible by ${String(multipleOf)}`])
  ]
  return all.length === 0 ? "" : ` ${all.join(" and ")}`
}

const itemsOf = (schema: Document): string => {
  if (Array.isArray(schema["prefixItems"])) {
    return `: ${schema["prefixItems"].map((item) => coreOf(isObject(item) ? item : {})).join(", then ")}`
  }
  const { items } = schema
  if (!isObject(items) || (items["type"] === undefined && items["enum"] === undefined)) return ""
  return `, each item ${coreOf(items)}`
}

const membersOf = ({ properties }: Document): string => {
  if (!isObject(properties) || Object.keys(properties).length === 0) return ""
  const members = Object.entries(properties).slice(0, 12)
  return ` with ${members.map(([name, member]) => `"${name}"${onlyValue(member)}`).join(", ")}`
}

/** What tells the members of a union apart. */
const onlyValue = (schema: unknown): string =>
  isObject(schema) && Array.isArray(schema["enum"]) && schema["enum"].length === 1
    ? `: ${short(schema["enum"][0])}`
    : ""
