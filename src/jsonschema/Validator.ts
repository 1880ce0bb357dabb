/**
 * Validation by a JSON Schema we did not write. The library interprets schemas: it generates no code and fetches
 * nothing. It is loaded when the first such schema is used, because most servers never do.
 */
import * as Effect from "effect/Effect"
import { isObject } from "../protocol/JsonRpc.ts"
import { dialectOf } from "./Inspect.ts"
import type { Document } from "./Keywords.ts"
import { mapSubschemas } from "./Keywords.ts"
import type { Problem } from "./Problem.ts"

/** The problems of a value; none when it fits. */
export type Validate = (value: unknown) => ReadonlyArray<Problem>

/** Prepares a schema that `inspect` found no fault with. Runs asynchronously only the first time in a process. */
export const compile = (document: Document): Effect.Effect<Validate> => {
  let ready: Validate | undefined
  return Effect.suspend(() =>
    ready === undefined
      ? Effect.map(library, (module) => (ready = make(module, document)))
      : Effect.succeed(ready)
  )
}

/**
 * The same of a schema without what its author could make take for ever with one value: regular expressions, which
 * backtrack, and the comparison of each item with each other. What depends on the names they match is left out, too.
 */
export const tame = (document: Document): Document => {
  const left = document["patternProperties"] === undefined ? untamed : [...untamed, ...dependent]
  return mapSubschemas(
    Object.fromEntries(Object.entries(document).filter(([keyword]) => !left.includes(keyword))),
    tame
  )
}

const untamed = ["pattern", "patternProperties", "uniqueItems"]
const dependent = ["additionalProperties", "unevaluatedProperties"]

const library = Effect.promise(() => import("@cfworker/json-schema"))

/** How often one value may be held against a schema or a part of it: references make more of them than time. */
const mostChecks = 250_000

interface Budget {
  left: number
}

/** A schema that refers to itself without end, or a value nested without end, fits nothing. */
const make = (module: typeof import("@cfworker/json-schema"), document: Document): Validate => {
  const budget: Budget = { left: mostChecks }
  const validator = new module.Validator(prepare(document, budget), dialectOf(document) ?? "2020-12", false)
  return (value) => {
    budget.left = mostChecks
    try {
      return problemsOf(validator.validate(value === undefined ? null : value).errors)
    } catch (error) {
      return [{ path: [], kind: "invalid", message: `it cannot be checked: ${String(error).split("\n")[0]}` }]
    }
  }
}

/**
 * A copy, because the library writes into the schemas it is given. `$dynamicRef`, which it does not know, is the
 * same as `$ref` while its anchor is the only one of that name, and `inspect` refuses others.
 */
const prepare = (schema: Document, budget: Budget): Document => {
  const { $dynamicRef, $dynamicAnchor, ...rest } = schema
  const plain = Object.fromEntries(
    Object.entries(rest).filter(([keyword, value]) => !(keyword.startsWith("x-") && isObject(value)))
  )
  const copy = mapSubschemas(
    {
      ...plain,
      ...($dynamicAnchor === undefined ? {} : { $anchor: $dynamicAnchor }),
      ...($dynamicRef === undefined
        ? {}
        : "$ref" in rest
          ? { allOf: [...((rest["allOf"] as ReadonlyArray<Document>) ?? []), { $ref: $dynamicRef }] }
          : { $ref: $dynamicRef })
    },
    (subschema) => prepare(subschema, budget)
  )
  return metered(copy, budget)
}

/** The library reads this keyword once each time it holds a value against a schema. */
const metered = (schema: Document, budget: Budget): Document => {
  const { $recursiveAnchor } = schema
  return Object.defineProperty(schema, "$recursiveAnchor", {
    enumerable: false,
    get: () => {
      if (--budget.left < 0) throw new Error(`it takes more than ${mostChecks} checks`)
      return $recursiveAnchor
    }
  })
}

interface Unit {
  readonly keyword: string
  readonly keywordLocation: string
  readonly instanceLocation: string
  readonly error: string
}

/** Keywords whose own error only says that something inside them did not fit. */
const containers = new Set([
  "$recursiveRef",
  "$ref",
  "additionalItems",
  "additionalProperties",
  "allOf",
  "dependencies",
  "dependentSchemas",
  "else",
  "if",
  "items",
  "patternProperties",
  "prefixItems",
  "properties",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties"
])

const problemsOf = (units: ReadonlyArray<Unit>): ReadonlyArray<Problem> => {
  const unions = units.filter(({ keyword }) => keyword === "anyOf" || keyword === "oneOf")
  const leaves = units.filter(
    ({ keyword, keywordLocation }) =>
      !containers.has(keyword) &&
      !unions.some((union) => keywordLocation.startsWith(`${union.keywordLocation}/`))
  )
  return leaves.map(problemOf)
}

const problemOf = (unit: Unit): Problem => {
  const path = unit.instanceLocation
    .split("/")
    .slice(1)
    .map((token) => decodeURI(token).replaceAll("~1", "/").replaceAll("~0", "~"))
  const absent = /required property "(.*)"\.$/.exec(unit.error)?.[1]
  if (unit.keyword === "required" && absent !== undefined) return { path: [...path, absent], kind: "missing" }
  if (unit.keyword === "false") return { path, kind: "unknown" }
  return described.has(unit.keyword)
    ? { path, kind: "invalid" }
    : { path, kind: "invalid", message: unit.error.replace(/\.$/, "") }
}

/** Keywords that the phrase for the schema at that place already tells. */
const described = new Set([
  "anyOf",
  "const",
  "enum",
  "exclusiveMaximum",
  "exclusiveMinimum",
  "format",
  "maximum",
  "maxItems",
  "maxLength",
  "minimum",
  "minItems",
  "minLength",
  "multipleOf",
  "oneOf",
  "pattern",
  "type"
])
