/** Where in a JSON Schema other schemas are. Everything that walks a schema asks here. */
import { isObject } from "../protocol/JsonRpc.ts"

/** A JSON Schema that is an object; `true` and `false` are schemas, too. */
export interface Document {
  readonly [keyword: string]: unknown
}

const single = new Set([
  "additionalItems",
  "additionalProperties",
  "contains",
  "contentSchema",
  "else",
  "if",
  "items",
  "not",
  "propertyNames",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties"
])
const list = new Set(["allOf", "anyOf", "oneOf", "prefixItems", "items"])
const named = new Set([
  "$defs",
  "definitions",
  "dependencies",
  "dependentSchemas",
  "patternProperties",
  "properties"
])

export interface Subschema {
  readonly path: ReadonlyArray<string>
  readonly schema: unknown
}

/** The schemas directly inside this one, each with the way to it. */
export const subschemas = (schema: Document): ReadonlyArray<Subschema> => {
  const found: Array<Subschema> = []
  for (const [keyword, value] of Object.entries(schema)) {
    if (Array.isArray(value) && list.has(keyword)) {
      value.forEach((member, index) => found.push({ path: [keyword, String(index)], schema: member }))
    } else if (named.has(keyword) && isObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        // `dependencies` of old drafts may also list the names of required properties.
        if (!Array.isArray(member)) found.push({ path: [keyword, name], schema: member })
      }
    } else if (single.has(keyword) && !Array.isArray(value)) {
      found.push({ path: [keyword], schema: value })
    }
  }
  return found
}

/** The same schema with every schema directly inside it replaced. */
export const mapSubschemas = (schema: Document, change: (schema: Document) => Document): Document => {
  const apply = (value: unknown) => (isObject(value) ? change(value) : value)
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (Array.isArray(value) && list.has(keyword)) return [keyword, value.map(apply)]
      if (named.has(keyword) && isObject(value)) {
        return [
          keyword,
          Object.fromEntries(Object.entries(value).map(([name, member]) => [name, apply(member)]))
        ]
      }
      return [keyword, single.has(keyword) ? apply(value) : value]
    })
  )
}

/** Follows a JSON Pointer (RFC 6901) of own members; `undefined` where there is nothing. */
export const at = (root: unknown, pointer: string): unknown => {
  let value = root
  for (const token of pointer.split("/").slice(1)) {
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~")
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Document)[key]
  }
  return value
}
