/**
 * From a schema to the form a client shows: one level of strings, numbers, booleans and choices, which is all that
 * forms of the protocol can ask for. What a form cannot express as a constraint is checked when the answer arrives.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation#requested-schema
 */
import * as Schema from "effect/Schema"
import { clean } from "../jsonschema/Wire.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"

/** What a person may fill into one field of a form. */
export type Field = string | number | boolean | ReadonlyArray<string> | undefined

/** A schema whose answers a form can ask for. */
export type Form<A> = Schema.ConstraintCodec<A, { readonly [field: string]: Field }>

/**
 * The `requestedSchema` of a form. Throws an error that names the field if the schema asks for what a form cannot
 * give: that is a mistake in the program, not in an answer.
 */
export const requestedSchema = (schema: Schema.Constraint): JsonRpc.Params => {
  const document = Schema.toJsonSchemaDocument(Schema.make<Schema.Constraint>(clean(schema.ast)), {
    referencePolicy: () => undefined
  })
  const root = document.schema as JsonRpc.Params
  if (root["type"] !== "object" || !JsonRpc.isObject(root["properties"])) {
    throw new Error("A form asks for the fields of a struct")
  }
  const properties = Object.entries(root["properties"]).map(
    ([name, property]) => [name, field(name, property as JsonRpc.Params)] as const
  )
  const form = { type: "object", properties: Object.fromEntries(properties) }
  return Array.isArray(root["required"]) && root["required"].length > 0
    ? { ...form, required: root["required"] }
    : form
}

/**
 * The content of an answer as the schema expects it. A field that was left out gets its default, which not every
 * revision can show to the user; a list of choices that an old client wrote as text is taken apart.
 */
export const read = (form: JsonRpc.Params, content: JsonRpc.Params): JsonRpc.Params => {
  const properties = Object.entries(form["properties"] as { readonly [name: string]: JsonRpc.Params })
  const filled = properties.flatMap(([name, property]) => {
    const given = Object.hasOwn(content, name) ? content[name] : property["default"]
    if (given === undefined) return []
    return [
      [
        name,
        property["type"] === "array" && typeof given === "string"
          ? apart(given, choicesAmong(property))
          : given
      ] as const
    ]
  })
  return { ...content, ...Object.fromEntries(filled) }
}

/** What may be chosen in a field of the form, longest first. */
const choicesAmong = ({ items: each }: JsonRpc.Params): ReadonlyArray<string> => {
  if (!JsonRpc.isObject(each)) return []
  const { anyOf, enum: values } = each
  const choices: ReadonlyArray<unknown> = Array.isArray(values)
    ? values
    : Array.isArray(anyOf)
      ? anyOf.map((choice: JsonRpc.Params) => choice["const"])
      : []
  return choices.map(String).toSorted((a, b) => b.length - a.length)
}

/** Choices may have commas of their own; what is none of them goes up to the next comma. */
const apart = (text: string, choices: ReadonlyArray<string>): ReadonlyArray<string> => {
  const parts: Array<string> = []
  let left = text.trim()
  while (left !== "") {
    const choice = choices.find(
      (each) => each !== "" && left.startsWith(each) && ends.test(left.slice(each.length))
    )
    const part = choice ?? left.split(",", 1)[0]!
    if (part.trim() !== "") parts.push(choice ?? part.trim())
    left = left.slice(part.length).replace(/^\s*,?\s*/, "")
  }
  return parts
}

const ends = /^\s*(?:,|$)/

const field = (name: string, raw: JsonRpc.Params): JsonRpc.Params => {
  const schema = simplify(raw)
  const common = pick(schema, ["title", "description", "default"])
  const choices = choicesOf(schema)
  if (choices !== undefined) return { type: "string", ...common, ...oneOf(choices) }
  // A choice of anything but strings would lose its choices.
  if (Array.isArray(schema["enum"])) throw unaskable(name)
  switch (schema["type"]) {
    case "boolean":
      return { type: "boolean", ...common }
    case "number":
    case "integer":
      return { type: schema["type"], ...common, ...pick(schema, ["minimum", "maximum"]) }
    case "string":
      return { type: "string", ...common, ...pick(schema, ["minLength", "maxLength"]), ...format(schema) }
    case "array":
      return {
        type: "array",
        ...common,
        ...pick(schema, ["minItems", "maxItems"]),
        items: items(name, schema)
      }
    default:
      throw unaskable(name)
  }
}

/** Several may be chosen of a list of choices; free lists have no form. */
const items = (name: string, { items: each }: JsonRpc.Params): JsonRpc.Params => {
  const choices = JsonRpc.isObject(each) ? choicesOf(simplify(each)) : undefined
  if (choices === undefined) throw unaskable(name)
  return choices.some(({ title }) => title !== undefined)
    ? { anyOf: titled(choices) }
    : { type: "string", enum: choices.map(({ value }) => value) }
}

const unaskable = (name: string) =>
  new Error(
    `The field "${name}" cannot be asked in a form: use a string, a number, a boolean, a choice of strings or a list of such choices`
  )

interface Choice {
  readonly value: string
  readonly title?: string
}

const choicesOf = (schema: JsonRpc.Params): ReadonlyArray<Choice> | undefined => {
  if (schema["type"] === "string" && Array.isArray(schema["enum"]))
    return schema["enum"].map((value) => ({ value }))
  if (!Array.isArray(schema["anyOf"])) return undefined
  const choices = (schema["anyOf"] as ReadonlyArray<JsonRpc.Params>).map((member) => {
    const values = choicesOf(member)
    const { title } = member
    return values?.length === 1 && typeof title === "string" ? [{ value: values[0]!.value, title }] : values
  })
  return choices.every((some) => some !== undefined) ? choices.flat() : undefined
}

const oneOf = (choices: ReadonlyArray<Choice>): JsonRpc.Params =>
  choices.some(({ title }) => title !== undefined)
    ? { oneOf: titled(choices) }
    : { enum: choices.map(({ value }) => value) }

const titled = (choices: ReadonlyArray<Choice>) =>
  choices.map(({ title, value }) => ({ const: value, title: title ?? value }))

/** The schema without what only says "may be absent" and "may be infinite", and with its checks in one object. */
const simplify = (schema: JsonRpc.Params): JsonRpc.Params => {
  const { allOf, anyOf, ...rest } = schema
  const checked = Array.isArray(allOf) ? Object.assign({}, ...allOf, rest) : rest
  if (!Array.isArray(anyOf)) return checked
  const members = (anyOf as ReadonlyArray<JsonRpc.Params>).filter((member) => !isBeside(member))
  return members.length === 1 ? { ...simplify(members[0]!), ...checked } : { ...checked, anyOf: members }
}

const isBeside = ({ enum: values, type }: JsonRpc.Params) =>
  type === "null" || (Array.isArray(values) && values.length === 3 && values.includes("NaN"))

const formats = new Set<unknown>(["email", "uri", "date", "date-time"])
const format = (schema: JsonRpc.Params) => (formats.has(schema["format"]) ? { format: schema["format"] } : {})

const pick = (schema: JsonRpc.Params, keys: ReadonlyArray<string>): JsonRpc.Params =>
  Object.fromEntries(keys.flatMap((key) => (Object.hasOwn(schema, key) ? [[key, schema[key]]] : [])))
