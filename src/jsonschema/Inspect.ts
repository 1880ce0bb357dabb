/**
 * Looks at a JSON Schema somebody else wrote before anything is validated with it: its dialect, its references and
 * its size. Nothing is ever fetched.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic#json-schema-usage
 */
import { isObject } from "../protocol/JsonRpc.ts"
import type { Document } from "./Keywords.ts"
import { at, subschemas } from "./Keywords.ts"

/** Bounds on a schema: composition and `$defs` can make validation expensive. */
export interface Limits {
  /** How deep schemas may nest. */
  readonly depth: number
  /** How many schemas there may be in one document. */
  readonly subschemas: number
}

export const defaultLimits: Limits = { depth: 64, subschemas: 10_000 }

/** The dialects that are understood, by the `$schema` that names them. Without one it is 2020-12. */
export const dialects: ReadonlyMap<string, "7" | "2019-09" | "2020-12"> = new Map([
  ["http://json-schema.org/draft-07/schema", "7"],
  ["https://json-schema.org/draft/2019-09/schema", "2019-09"],
  ["https://json-schema.org/draft/2020-12/schema", "2020-12"]
] as const)

export const dialectOf = (document: Document): "7" | "2019-09" | "2020-12" | undefined => {
  const name = document["$schema"]
  if (name === undefined) return "2020-12"
  return typeof name === "string" ? dialects.get(name.replace(/#$/, "")) : undefined
}

/** Says what keeps a schema from being used, in the words of a developer; `undefined` when nothing does. */
export const inspect = (document: unknown, limits: Limits = defaultLimits): string | undefined => {
  if (!isObject(document)) return "a JSON Schema must be an object"
  if (dialectOf(document) === undefined) {
    const known = [...dialects.keys()].join(", ")
    return `the dialect ${JSON.stringify(document["$schema"])} is not supported; supported are ${known}`
  }
  const survey: Survey = {
    references: [],
    resources: new Map(),
    anchors: new Set(),
    ambiguous: false,
    count: 0
  }
  return (
    walk(document, { base: root, pointer: "", depth: 0 }, survey, limits) ??
    (survey.ambiguous ? "several $dynamicAnchor of one name are not supported" : undefined) ??
    survey.references
      .map((reference) => unresolved(reference, survey))
      .find((problem) => problem !== undefined)
  )
}

interface Survey {
  readonly references: Array<{ readonly text: string; readonly base: string }>
  /** What a URI without its JSON Pointer names: a document, an embedded one, or an anchor. */
  readonly resources: Map<string, unknown>
  readonly anchors: Set<string>
  ambiguous: boolean
  count: number
}

interface Place {
  readonly base: string
  readonly pointer: string
  readonly depth: number
}

/** Stands for the address of a schema that has none. `.invalid` can never be resolved. */
const root = "https://schema.invalid/"

const walk = (schema: unknown, place: Place, survey: Survey, limits: Limits): string | undefined => {
  const where = `#${place.pointer}`
  if (typeof schema === "boolean") return undefined
  if (!isObject(schema)) return `${where} is not a schema but ${JSON.stringify(schema) ?? typeof schema}`
  if (place.depth > limits.depth) return `${where} nests deeper than ${limits.depth} schemas`
  if (++survey.count > limits.subschemas) return `it holds more than ${limits.subschemas} schemas`
  const fault = malformed(schema)
  if (fault !== undefined) return `${where}: ${fault}`
  const here = enter(schema, place, survey)
  for (const child of subschemas(schema)) {
    const pointer = child.path
      .map((token) => `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`)
      .join("")
    const problem = walk(
      child.schema,
      { ...here, pointer: place.pointer + pointer, depth: place.depth + 1 },
      survey,
      limits
    )
    if (problem !== undefined) return problem
  }
  return undefined
}

/** Notes what the schema is called and what it refers to. */
const enter = (schema: Document, place: Place, survey: Survey): Place => {
  const id = schema["$id"]
  const base = typeof id === "string" ? resolve(id, place.base).replace(/#$/, "") : place.base
  if (typeof id === "string" || place.depth === 0) survey.resources.set(base, schema)
  const dynamic = schema["$dynamicAnchor"]
  if (typeof dynamic === "string") {
    survey.ambiguous ||= survey.anchors.has(dynamic)
    survey.anchors.add(dynamic)
  }
  for (const keyword of ["$anchor", "$dynamicAnchor"]) {
    if (typeof schema[keyword] === "string") survey.resources.set(`${base}#${schema[keyword]}`, schema)
  }
  for (const keyword of ["$ref", "$dynamicRef", "$recursiveRef"]) {
    const text = schema[keyword]
    if (typeof text === "string") survey.references.push({ text, base })
  }
  return { ...place, base }
}

const unresolved = (reference: { readonly text: string; readonly base: string }, survey: Survey) => {
  const [document = "", fragment = ""] = resolve(reference.text, reference.base).split("#")
  const isPointer = fragment === "" || fragment.startsWith("/")
  const found = isPointer
    ? at(survey.resources.get(document), decode(fragment))
    : survey.resources.get(`${document}#${fragment}`)
  if (found !== undefined) return undefined
  return document.startsWith(root) || survey.resources.has(document)
    ? `$ref ${JSON.stringify(reference.text)} points at nothing in the schema`
    : `$ref ${JSON.stringify(reference.text)} points outside the schema, and nothing is fetched; copy what it names into $defs`
}

const resolve = (reference: string, base: string): string =>
  URL.canParse(reference, base) ? new URL(reference, base).href : `${base}${reference}`

const decode = (fragment: string): string => {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return fragment
  }
}

const types = new Set(["array", "boolean", "integer", "null", "number", "object", "string"])

/** The mistakes that would surface only when a value arrives. */
const malformed = (schema: Document): string | undefined => {
  const { type, required, pattern, properties } = schema
  const names = type === undefined ? [] : Array.isArray(type) ? type : [type]
  const unknown = names.find((name) => !types.has(name))
  if (unknown !== undefined) return `there is no type ${JSON.stringify(unknown)}`
  if (
    required !== undefined &&
    !(Array.isArray(required) && required.every((name) => typeof name === "string"))
  ) {
    return '"required" must be a list of property names'
  }
  if (properties !== undefined && !isObject(properties)) return '"properties" must be an object'
  return typeof pattern === "string" && !compiles(pattern)
    ? `"pattern" is not a regular expression: ${JSON.stringify(pattern)}`
    : undefined
}

const compiles = (pattern: string): boolean => {
  try {
    return new RegExp(pattern, "u") instanceof RegExp
  } catch {
    return false
  }
}
