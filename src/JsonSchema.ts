/**
 * JSON Schema 2020-12 from an Effect Schema, in the words models and other implementations read, and JSON Schemas
 * written by hand used as Effect Schemas.
 *
 * *Dialects.* 2020-12 without `$schema`; 2019-09 and draft-07 by their `$schema`. Any other is refused by name.
 *
 * *References.* `$ref` is resolved inside the document only. Nothing is fetched; a schema that points outside
 * itself is refused where it is made, not where a value arrives.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic#json-schema-usage
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import * as SchemaGetter from "effect/SchemaGetter"
import { headers, type HeaderField, type Headers } from "./jsonschema/Headers.ts"
import { inspect } from "./jsonschema/Inspect.ts"
import type { Limits } from "./jsonschema/Inspect.ts"
import type { Document } from "./jsonschema/Keywords.ts"
import { at, mapSubschemas } from "./jsonschema/Keywords.ts"
import type { Problem } from "./jsonschema/Problem.ts"
import { issueOf } from "./jsonschema/Problem.ts"
import { tidy } from "./jsonschema/Tidy.ts"
import type { Validate } from "./jsonschema/Validator.ts"
import { compile, tame } from "./jsonschema/Validator.ts"
import { clean } from "./jsonschema/Wire.ts"
import { isObject } from "./protocol/JsonRpc.ts"

export { headers }
export type { Document, HeaderField, Headers, Limits, Problem, Validate }

/** A JSON Schema that cannot be used: an unknown dialect, a reference that leads nowhere, too big, or malformed. */
export class UnusableSchema extends Schema.TaggedError<UnusableSchema>()("UnusableSchema", {
  message: Schema.String
}) {}

/**
 * The codec between a value and its JSON as peers see it: finite numbers only, absent fields instead of
 * `undefined`, dates as ISO strings, bytes as Base64. What it accepts is what `of` describes.
 */
export const codec = <S extends Schema.Constraint>(
  schema: S
): Schema.Codec<S["Type"], unknown, S["DecodingServices"], S["EncodingServices"]> =>
  Schema.toCodecJson(
    Schema.make<Schema.Codec<S["Type"], unknown, S["DecodingServices"], S["EncodingServices"]>>(
      clean(schema.ast)
    )
  ) as Schema.Codec<S["Type"], unknown, S["DecodingServices"], S["EncodingServices"]>

/**
 * The JSON Schema of a schema's JSON form. The root is written out, recursive schemas live in `$defs`, annotations
 * whose key begins with `x-` (such as `x-mcp-header`) are kept. A schema made by `raw` comes back word for word.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as JsonSchema from "mcp-effect/JsonSchema"
 *
 * JsonSchema.of(Schema.Struct({ city: Schema.String, days: Schema.optional(Schema.Int) }))
 * // { type: "object", properties: { city: { type: "string" }, days: { type: "integer" } }, required: ["city"] }
 * ```
 */
export const of = (schema: Schema.Constraint): Document => {
  const written = documentOf(schema.ast)
  if (written !== undefined) return written
  const generated = Schema.toJsonSchemaDocument(Schema.make<Schema.Constraint>(clean(schema.ast)), {
    includeAnnotationKey: (key) => key.startsWith("x-"),
    referencePolicy: ({ identifier, occurrences }) =>
      occurrences > 1 ? identifier?.replace(/Encoded$/, "") : undefined
  })
  const definitions = Object.fromEntries(
    Object.entries(generated.definitions).map(([name, definition]) => [name, tidy(definition)])
  )
  const root = inline(tidy(generated.schema), definitions)
  const document = Object.keys(definitions).length === 0 ? root : { ...root, $defs: definitions }
  return rename(document, Object.keys(definitions))
}

/** What a root `$ref` names, written out: MCP wants to see `type: "object"` at the root. */
const inline = (schema: Document, definitions: { readonly [name: string]: Document }): Document => {
  const { $ref, ...rest } = schema
  const name = typeof $ref === "string" ? decodeURIComponent($ref.slice("#/$defs/".length)) : undefined
  return name === undefined || !Object.hasOwn(definitions, name) ? schema : { ...definitions[name], ...rest }
}

/** Definitions nobody named get plain names that no other has. */
const rename = (document: Document, names: ReadonlyArray<string>): Document => {
  const isGenerated = (name: string) => /^[A-Z][A-Za-z]*_\d*$/.test(name)
  const taken = new Set(names.filter((name) => !isGenerated(name)))
  const plain = new Map<string, string>()
  for (const name of names.filter(isGenerated)) {
    let given = "Node"
    for (let number = 2; taken.has(given); number++) given = `Node${number}`
    taken.add(given)
    plain.set(name, given)
  }
  return plain.size === 0 ? document : renamed(document, plain)
}

const renamed = (schema: Document, plain: ReadonlyMap<string, string>): Document => {
  const { $defs, $ref, ...rest } = mapSubschemas(schema, (member) => renamed(member, plain))
  const given = typeof $ref === "string" ? plain.get($ref.slice("#/$defs/".length)) : undefined
  return {
    ...($ref === undefined ? {} : { $ref: given === undefined ? $ref : `#/$defs/${given}` }),
    ...rest,
    ...(isObject($defs) && {
      $defs: Object.fromEntries(Object.entries($defs).map(([name, each]) => [plain.get(name) ?? name, each]))
    })
  }
}

/**
 * A JSON Schema written by hand as a schema: values are checked against it and kept as they are, and peers get it
 * word for word, unknown keywords included. The type of the values is yours to name.
 *
 * Throws `UnusableSchema` when the dialect is not supported, when a `$ref` leads outside the document or nowhere,
 * or when the document is deeper or larger than `limits`.
 *
 * *Gotchas.* Inside another schema (a field of a struct) a document with local references cannot be used: `#` would
 * be another place there.
 *
 * @example
 * ```ts
 * import * as JsonSchema from "mcp-effect/JsonSchema"
 *
 * const Query = JsonSchema.raw<{ readonly sql: string }>({
 *   $schema: "https://json-schema.org/draft/2020-12/schema",
 *   type: "object",
 *   properties: { sql: { type: "string", "x-mcp-header": "Query" } },
 *   required: ["sql"]
 * })
 * ```
 */
export const raw = <A = { readonly [key: string]: unknown }>(
  document: Document,
  limits?: Limits
): Schema.Codec<A, unknown> => {
  const fault = inspect(document, limits)
  if (fault !== undefined) throw new UnusableSchema({ message: `This JSON Schema cannot be used: ${fault}.` })
  const validate = compile(document)
  const check = SchemaGetter.transformEffect((value: unknown) =>
    Effect.flatMap(validate, (problemsOf) => {
      const problems = problemsOf(value)
      return problems.length === 0 ? Effect.succeed(value) : Effect.fail(issueOf(problems, value))
    })
  )
  const described = Schema.Any.check(Schema.makeFilter(() => true, { toJsonSchema: () => document }))
  return Schema.Any.annotate({ [writtenKey]: document }).pipe((values) =>
    described.pipe(Schema.decodeTo(values, { decode: check, encode: check }))
  ) as Schema.Codec<A, unknown>
}

/**
 * Prepares validation by a schema that came from elsewhere, such as the `outputSchema` of a server's tool.
 *
 * *Details.* Whoever wrote it gets no way to keep this process busy: `pattern`, `patternProperties` and `uniqueItems`
 * are passed over, and a value that takes more than 250,000 checks fits nothing.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as JsonSchema from "mcp-effect/JsonSchema"
 *
 * const problems = JsonSchema.validator({ type: "object", required: ["id"] }).pipe(
 *   Effect.map((validate) => validate({ name: "x" }))
 * ) // one problem: "id" is missing
 * ```
 */
export const validator = (document: Document, limits?: Limits): Effect.Effect<Validate, UnusableSchema> =>
  Effect.suspend(() => {
    const fault = inspect(document, limits)
    const tamed = fault === undefined ? tame(document) : document
    const left = fault ?? inspect(tamed, limits)
    return left === undefined
      ? compile(tamed)
      : Effect.fail(new UnusableSchema({ message: `This JSON Schema cannot be used: ${left}.` }))
  })

/** The document `raw` was made from; `undefined` for any other schema. */
export const documentOf = (ast: SchemaAST.AST): Document | undefined =>
  ast.annotations?.[writtenKey] as Document | undefined

const writtenKey = "mcp-effect/JsonSchema/raw"

/** The schema of the value at a path, as far as the document tells: through properties, items and local references. */
export const descend = (document: Document, path: ReadonlyArray<PropertyKey>): Document | undefined => {
  let schema: unknown = document
  for (const key of path) {
    schema = step(document, resolveLocal(document, schema), String(key))
    if (schema === undefined) return undefined
  }
  const found = resolveLocal(document, schema)
  return typeof found === "object" && found !== null ? (found as Document) : undefined
}

/** The schema at a path and, where that is a union, its members. */
export const alternatives = (
  document: Document,
  path: ReadonlyArray<PropertyKey>
): ReadonlyArray<Document> => {
  const found = descend(document, path)
  if (found === undefined) return []
  return [found, ...membersOf(found).map((member) => resolveLocal(document, member))].filter(isObject)
}

const step = (document: Document, schema: unknown, key: string, seen = new Set<unknown>()): unknown =>
  at(schema, `/properties/${escape(key)}`) ??
  (/^\d+$/.test(key) ? (at(schema, `/prefixItems/${key}`) ?? at(schema, "/items")) : undefined) ??
  at(schema, "/additionalProperties") ??
  stepInMembers(document, schema, key, seen.add(schema))

/** In a union the first member that knows the key. A schema that is a member of itself is looked at once. */
const stepInMembers = (document: Document, schema: unknown, key: string, seen: Set<unknown>): unknown => {
  for (const member of membersOf(schema)) {
    const resolved = resolveLocal(document, member)
    const found = seen.has(resolved) ? undefined : step(document, resolved, key, seen)
    if (typeof found === "object") return found
  }
  return undefined
}

const membersOf = (schema: unknown): ReadonlyArray<unknown> =>
  ["/anyOf", "/oneOf", "/allOf"].flatMap((pointer) => at(schema, pointer) ?? [])

const escape = (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1")

const resolveLocal = (document: Document, schema: unknown): unknown => {
  let found = schema
  for (let hops = 0; hops < 8; hops++) {
    const reference = at(found, "/$ref")
    if (typeof reference !== "string" || !reference.startsWith("#")) return found
    found = at(document, decodeURIComponent(reference.slice(1)))
  }
  return found
}
