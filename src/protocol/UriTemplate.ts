/**
 * URI templates (RFC 6570, all four levels): expanding them, and finding out whether a URI was made by one.
 *
 * No regular expression is ever built from a template. Matching costs at most the length of the URI times the
 * length of the template, whatever both contain.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6570
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/resources#resource-templates
 */
import * as Expansion from "./uri/Expansion.ts"
import * as Matching from "./uri/Matching.ts"
import { parse } from "./uri/Parts.ts"

export type { TemplateError } from "./uri/Parts.ts"

/** What a variable may stand for when a template is expanded; undefined variables are left out. */
export type Value = Expansion.Value

export interface UriTemplate {
  readonly source: string
  /** The names of the variables, in the order they appear. */
  readonly variables: ReadonlyArray<string>
  /** The URI for some values. */
  readonly expand: (values: { readonly [name: string]: Value }) => string
  /**
   * The values from which this template makes the URI, percent-decoded; `undefined` where it cannot. Variables of a
   * query may be absent and come in any order; all others must be there and not be empty.
   */
  readonly match: (uri: string) => { readonly [name: string]: string | ReadonlyArray<string> } | undefined
}

/** Reads a template. Throws a `TemplateError` that says where it is malformed. */
export const make = (source: string): UriTemplate => {
  const parts = parse(source)
  const variables = parts.flatMap((part) =>
    part._tag === "Expression" ? part.variables.map(({ name }) => name) : []
  )
  return {
    source,
    variables: [...new Set(variables)],
    expand: (values) => Expansion.expand(parts, values),
    match: Matching.compile(parts)
  }
}

/** The variables of a template literal with the types their values have in a match. */
export type Values<Template extends string> = string extends Template
  ? { readonly [name: string]: string | ReadonlyArray<string> }
  : Flatten<Collect<Template>>

/** The names of the variables of a template literal. */
export type Variables<Template extends string> = string extends Template
  ? string
  : keyof Collect<Template> & string

type Flatten<A> = { readonly [K in keyof A]: A[K] }

type Collect<Template extends string> = Template extends `${string}{${infer Expression}}${infer Rest}`
  ? OfExpression<Expression> & Collect<Rest>
  : {}

type OfExpression<Text extends string> = Text extends `${"?" | "&" | ";"}${infer Names}`
  ? { readonly [K in Split<Names> as Name<K>]?: Type<K> }
  : Text extends `${"+" | "#" | "." | "/"}${infer Names}`
    ? { readonly [K in Split<Names> as Name<K>]: Type<K> }
    : { readonly [K in Split<Text> as Name<K>]: Type<K> }

type Split<Names extends string> = Names extends `${infer First},${infer Rest}` ? First | Split<Rest> : Names
type Name<Text extends string> = Text extends `${infer Plain}*`
  ? Plain
  : Text extends `${infer Plain}:${string}`
    ? Plain
    : Text
type Type<Text extends string> = Text extends `${string}*` ? ReadonlyArray<string> : string
