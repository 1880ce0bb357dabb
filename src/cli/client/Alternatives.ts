/** What a schema allows, taken apart: unions, lists of types, values that are listed, and references within it. */
import type * as JsonRpc from "../../protocol/JsonRpc.ts"
import { record } from "../hosts/Format.ts"

type Schema = JsonRpc.Params

/** References that lead to references further than this lead nowhere. */
const deepest = 8

/** The schemas one of which a value has to fit; each has one type, or none if it says nothing about that. */
export const of = (schema: unknown, root: Schema, depth = 0): ReadonlyArray<Schema> => {
  const self = record(schema)
  const { $ref: reference, type } = self
  if (depth > deepest) return [{}]
  if (typeof reference === "string") return of(follow(reference, root), root, depth + 1)
  const several = self["anyOf"] ?? self["oneOf"]
  if (Array.isArray(several)) return several.flatMap((each) => of(each, root, depth + 1))
  if (Array.isArray(type)) return type.map((each: unknown) => ({ ...self, type: each }))
  if (type !== undefined) return [self]
  const values = self["enum"] ?? (Object.hasOwn(self, "const") ? [self["const"]] : undefined)
  return Array.isArray(values)
    ? [...new Set(values.map(typeOf))].map((each) => ({ ...self, type: each }))
    : [self]
}

/** Only within the document: `#/$defs/Name`. */
const follow = (reference: string, root: Schema): unknown =>
  reference
    .split("/")
    .slice(1)
    .reduce<unknown>((at, name) => (Object.hasOwn(record(at), name) ? record(at)[name] : undefined), root)

const typeOf = (value: unknown): string => {
  if (value === null) return "null"
  return Array.isArray(value) ? "array" : typeof value
}
