/** The checks of a schema, made to say in a JSON Schema what they mean. */
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

const finiteChecks: ReadonlySet<unknown> = new Set(["effect/schema/isFinite", "effect/schema/isInt"])

/** No NaN and no infinity: JSON has no such numbers. */
export const finite = (checks: SchemaAST.Checks | undefined): SchemaAST.Checks => {
  return checks?.some((check) => finiteChecks.has(idOf(check.annotations))) === true
    ? checks
    : [...Schema.Finite.ast.checks!, ...(checks ?? [])]
}

/**
 * Effect counts UTF-16 units where JSON Schema counts characters, so it leaves patterns without the `u` flag out of a
 * JSON Schema and halves lengths. A model is better told the rule as it was written; what passes has to pass both.
 */
export const exact = (check: SchemaAST.Check<unknown>): SchemaAST.Check<unknown> => {
  if (check._tag === "FilterGroup") return check
  const rule = ruleOf(representationOf(check.annotations))
  if (rule === undefined) return check
  const { keywords, stricter } = rule
  const run: typeof check.run = (value, ast, options) =>
    check.run(value, ast, options) ??
    (typeof value === "string" ? stricter?.run(value, ast, options) : undefined)
  const annotations = { ...check.annotations, toJsonSchema: keywords }
  return Object.assign(Object.create(Object.getPrototypeOf(check)), check, { annotations, run })
}

/** A check as JSON Schema says it, and, where that demands more of a string, what it demands. */
interface Rule {
  readonly keywords: (input: { readonly type?: string | undefined }) => object
  readonly stricter?: SchemaAST.Filter<string>
}

const ruleOf = ({ id, payload }: Representation): Rule | undefined => {
  const { flags, maxLength, minLength, source } = payload ?? {}
  if (id === "effect/schema/isMinLength" && typeof minLength === "number") {
    const keywords: Rule["keywords"] = ({ type }) =>
      type === "array" ? { minItems: minLength } : { minLength }
    return { keywords, stricter: Schema.isMinCodePoints(minLength) }
  }
  if (id === "effect/schema/isMaxLength" && typeof maxLength === "number") {
    return { keywords: ({ type }) => (type === "array" ? { maxItems: maxLength } : { maxLength }) }
  }
  if (id !== "effect/schema/isPattern" || flags !== "" || typeof source !== "string") return undefined
  const unicode = unicodePattern(source)
  return unicode === undefined
    ? undefined
    : { keywords: () => ({ pattern: source }), stricter: SchemaAST.isPattern(unicode) }
}

/** Some patterns are valid only without the flag; JSON Schema has no way to say those. */
const unicodePattern = (source: string): RegExp | undefined => {
  try {
    return new RegExp(source, "u")
  } catch {
    return undefined
  }
}

/** By which name Effect knows a check or a declared type. */
export const idOf = (annotations: Schema.Annotations.Annotations | undefined) =>
  representationOf(annotations).id

interface Representation {
  readonly id?: string
  readonly payload?: { readonly [name: string]: unknown } | null
}

const representationOf = (annotations: Schema.Annotations.Annotations | undefined): Representation =>
  annotations?.["representation"] ?? {}
