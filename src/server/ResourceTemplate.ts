/**
 * Resource templates: many resources with one handler, told apart by the variables of their URI.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/resources#resource-templates
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import * as Uri from "../protocol/Uri.ts"
import * as UriTemplate from "../protocol/UriTemplate.ts"
import * as Completing from "./Completing.ts"
import * as Contents from "./Contents.ts"
import { type Answer, run } from "./Handler.ts"
import type { Invocation, Request } from "./Invocation.ts"
import type { Part, ResourceTemplatePart } from "./Part.ts"
import { asStrings, format, listed } from "./PromptArguments.ts"
import { isContained } from "./PathSafety.ts"
import { type AnyBody, describe, type Description } from "./ResourceDescription.ts"

/** A schema for each variable that is more than a string, and for nothing that is no variable. */
type Schemas<Uri extends string, Given> = {
  readonly [K in UriTemplate.Variables<Uri>]?: Schema.Constraint
} & { readonly [K in Exclude<keyof Given, UriTemplate.Variables<Uri>>]: never }

/** What the handler gets: each variable by its schema, or as the string (or list of strings) the URI holds. */
export type Variables<Uri extends string, Given> = {
  readonly [K in keyof UriTemplate.Values<Uri>]: K extends keyof Given
    ? Given[K] extends Schema.Constraint
      ? Given[K]["Type"] | Extract<UriTemplate.Values<Uri>[K], undefined>
      : UriTemplate.Values<Uri>[K]
    : UriTemplate.Values<Uri>[K]
}

/** What the schemas of the variables need in order to decode. */
type Decoding<Given> = {
  readonly [K in keyof Given]: Given[K] extends Schema.Constraint ? Given[K]["DecodingServices"] : never
}[keyof Given]

/** A concrete resource of a template, for `resources/list`. */
export interface Listing extends JsonRpc.Params {
  readonly uri: string
  readonly name: string
}

export interface Options<
  Uri extends string,
  Given,
  Output extends Schema.Constraint,
  V,
  C,
  L,
  Completed extends string
> extends Description<V> {
  /** Schemas of the variables; a URI whose variables do not fit is not found. */
  readonly variables?: Given & Schemas<Uri, Given>
  /** What the handler gives, sent as JSON. Without it the handler gives text, bytes or a list of contents. */
  readonly output?: Output
  /** Suggestions for variables. Variables with a schema of literals have them already. */
  readonly complete?: Completing.Completers<Completed, UriTemplate.Variables<Uri>, C>
  /** The resources of this template that `resources/list` shows. */
  readonly list?: () => Answer<ReadonlyArray<Listing>, L>
  /**
   * By default a URI is not found when a variable would lead out of a directory (`..`, absolute paths, NUL). `any`
   * lets such values through to the handler.
   */
  readonly paths?: "contained" | "any"
}

/**
 * A template and its handler. The variables of the template are the keys of the handler's argument, percent-decoded.
 * Throws when the template is malformed (RFC 6570) or makes no URIs, or when a schema or completion names a variable
 * it does not have. The handler gets the whole URI, too: what it does not find it fails with
 * `McpError.resourceNotFound(uri)`.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 * import * as McpError from "mcp-effect/McpError"
 * import * as Resource from "mcp-effect/Resource"
 * import * as Server from "mcp-effect/Server"
 *
 * export const server = Server.make(
 *   { name: "demo", version: "1.0.0" },
 *   Resource.template("greeting://{name}", { name: "greeting" }, ({ name }) => `Hello, ${name}!`),
 *   Resource.template(
 *     "users://{id}/{part}",
 *     { name: "user", variables: { id: Schema.Int, part: Schema.Literals(["profile", "posts"]) } },
 *     ({ id, part }, uri) =>
 *       id > 0 ? Effect.succeed(`${part} of user ${id}`) : Effect.fail(McpError.resourceNotFound(uri))
 *   )
 * )
 * ```
 */
export const make = <
  const Uri extends string,
  const Given = {},
  Output extends Schema.Constraint = AnyBody,
  R = never,
  V = never,
  C = never,
  L = never,
  Completed extends string = never
>(
  uriTemplate: Uri,
  options: Options<Uri, Given, Output, V, C, L, Completed>,
  handler: (variables: Variables<Uri, Given>, uri: string) => Answer<Output["Type"], R>
): Part<Exclude<R | C | L, Invocation> | Output["EncodingServices"] | Decoding<Given> | V> => {
  const template = UriTemplate.make(uriTemplate)
  checkScheme(template)
  if (typeof handler !== "function") throw new Error(`The template "${uriTemplate}" has no handler`)
  const schemas = (options.variables ?? {}) as { readonly [variable: string]: Schema.Constraint }
  const complete = { ...Completing.ofSchemas(schemas), ...Completing.ofAll<C>(options.complete ?? {}) }
  checkNames(template, [...Object.keys(schemas), ...Object.keys(complete)])
  const match = options.paths === "any" ? template.match : contained(template.match)
  const decode = decoder<Variables<Uri, Given>>(uriTemplate, schemas)
  const encode = Contents.encoder(options)
  const { list } = options
  return discharged<R | C | L | V | Output["EncodingServices"] | Decoding<Given>>({
    _tag: "ResourceTemplate",
    descriptor: describe({ uriTemplate, name: options.name ?? uriTemplate }, options),
    variables: template.variables,
    ...(options.visible === undefined ? {} : { visible: options.visible }),
    ...(options.updates === undefined ? {} : { updates: options.updates }),
    ...(Object.keys(complete).length === 0 ? {} : { complete }),
    ...(list === undefined ? {} : { list: run(list) }),
    match,
    handle: (request) => {
      const uri = uriOf(request)
      return Effect.flatMap(decode(uri, match(uri) ?? {}), (variables) =>
        Effect.flatMap(
          run(() => handler(variables, uri)),
          (body) => encode(uri, body)
        )
      )
    }
  })
}

const uriOf = (request: Request["Service"]) => String(request.params["uri"])

type Match = UriTemplate.UriTemplate["match"]

const contained =
  (match: Match): Match =>
  (uri) => {
    const values = match(uri)
    return values !== undefined && Object.values(values).flat().every(isContained) ? values : undefined
  }

/** Decodes variables that have a schema; the others stay strings. */
const decoder = <A>(uriTemplate: string, schemas: { readonly [variable: string]: Schema.Constraint }) => {
  const names = Object.keys(schemas)
  if (names.length === 0) return (_uri: string, values: object) => Effect.succeed(values as A)
  const fields = Object.fromEntries(names.map((name) => [name, Schema.optionalKey(schemas[name]!)]))
  const decode = Schema.decodeUnknownEffect(asStrings(`The template "${uriTemplate}"`, fields))
  return (uri: string, values: object): Effect.Effect<A, McpError.McpError> =>
    Effect.mapBoth(decode(values) as Effect.Effect<object, Schema.SchemaError>, {
      onFailure: (error) => McpError.resourceNotFound(uri, `: ${listed(format(error.issue, { ...values }))}`),
      onSuccess: (decoded) => ({ ...values, ...decoded }) as A
    })
}

/** What a template makes has to be a URI. One that begins with a variable may make anything. */
const checkScheme = ({ expand, source, variables }: UriTemplate.UriTemplate) => {
  if (source.startsWith("{")) return
  const problem = Uri.problem(expand(Object.fromEntries(variables.map((name) => [name, "x"]))))
  if (problem !== undefined) throw new Error(`The template "${source}" makes no URIs: ${problem}`)
}

const checkNames = (template: UriTemplate.UriTemplate, used: ReadonlyArray<string>) => {
  const unknown = used.filter((name) => !template.variables.includes(name))
  if (unknown.length === 0) return
  throw new Error(
    `The template "${template.source}" has the variables ${template.variables.join(", ") || "(none)"}, ` +
      `but ${unknown.join(", ")} ${unknown.length === 1 ? "is" : "are"} used with it`
  )
}

/** The kernel supplies `Invocation`; what is left of R must be supplied by the application. */
const discharged = <R>(part: ResourceTemplatePart<R>) => part as ResourceTemplatePart<Exclude<R, Invocation>>
