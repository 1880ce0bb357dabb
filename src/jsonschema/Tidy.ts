/** Takes out of a generated JSON Schema what says nothing: models read every word of it. */
import type { Document } from "./Keywords.ts"
import { mapSubschemas } from "./Keywords.ts"

/** The same schema in fewer words. Accepts exactly the same values. */
export const tidy = (schema: Document): Document =>
  [mergeNotes, tidyUnion, dropNoise].reduce<Document>(
    (current, rule) => rule(current),
    mapSubschemas(schema, tidy)
  )

const notes = new Set(["title", "description", "default", "examples", "readOnly", "writeOnly", "deprecated"])
const isNote = (keyword: string) => notes.has(keyword) || keyword.startsWith("x-")

/** `allOf` whose members only annotate: the annotations belong to the schema itself. The outer ones win. */
const mergeNotes = (schema: Document): Document => {
  if (!Array.isArray(schema["allOf"])) return schema
  const { allOf, ...rest } = schema as { readonly allOf: ReadonlyArray<Document> }
  const others = allOf.filter((member) => !Object.keys(member).every(isNote))
  const annotations = Object.assign({}, ...allOf.filter((member) => Object.keys(member).every(isNote)))
  return { ...rest, ...annotations, ...(others.length === 0 ? {} : { allOf: others }) }
}

const tidyUnion = (schema: Document): Document => {
  if (!Array.isArray(schema["anyOf"])) return schema
  const { anyOf, ...rest } = schema as { readonly anyOf: ReadonlyArray<Document> }
  const members = unique(anyOf.flatMap((member) => (onlyUnion(member) ? member["anyOf"] : [member])))
  const [first] = members
  if (members.length === 1 && first !== undefined)
    return mergeNotes({ ...first, allOf: [...all(first), rest] })
  if (isNumberOrWords(members)) return { type: "number", ...rest }
  const values = stringValues(members)
  return values === undefined ? { ...rest, anyOf: members } : { type: "string", enum: values, ...rest }
}

const all = (schema: Document): ReadonlyArray<unknown> =>
  Array.isArray(schema["allOf"]) ? schema["allOf"] : []

const onlyUnion = (schema: Document): schema is { readonly anyOf: ReadonlyArray<Document> } =>
  Array.isArray(schema["anyOf"]) && Object.keys(schema).length === 1

const unique = (members: ReadonlyArray<Document>): ReadonlyArray<Document> => {
  const seen = new Map(members.map((member) => [JSON.stringify(member), member]))
  return [...seen.values()]
}

/** Effect's own form of a number that may be NaN: no JSON number is, and no model should write the word. */
const isNumberOrWords = (members: ReadonlyArray<Document>): boolean =>
  members.length === 2 &&
  members.some((member) => member["type"] === "number" && Object.keys(member).length === 1) &&
  members.some((member) => Array.isArray(member["enum"]) && member["enum"].includes("NaN"))

/** The members of a union of strings, as of a TypeScript enum. Numbers keep their titles: those say what they mean. */
const stringValues = (members: ReadonlyArray<Document>): ReadonlyArray<unknown> | undefined => {
  const plain = members.every(
    (member) =>
      member["type"] === "string" &&
      Array.isArray(member["enum"]) &&
      Object.keys(member).every((keyword) => ["type", "enum", "title"].includes(keyword))
  )
  return plain ? members.flatMap((member) => member["enum"] as ReadonlyArray<unknown>) : undefined
}

const noise: ReadonlyArray<(keyword: string, value: unknown, schema: Document) => boolean> = [
  (keyword, value) => keyword === "additionalProperties" && value === true,
  (keyword, value, schema) =>
    schema["type"] === "integer" &&
    ((keyword === "minimum" && value === Number.MIN_SAFE_INTEGER) ||
      (keyword === "maximum" && value === Number.MAX_SAFE_INTEGER)),
  (keyword, value, schema) =>
    keyword === "format" && value === "byte" && schema["contentEncoding"] === "base64",
  (keyword, _value, schema) => keyword === "pattern" && schema["format"] === "uuid"
]

const dropNoise = (schema: Document): Document => {
  if (JSON.stringify(schema) === '{"not":{"type":"null"}}') return { type: "object" }
  return Object.fromEntries(
    Object.entries(schema).filter(([keyword, value]) => !noise.some((rule) => rule(keyword, value, schema)))
  )
}
