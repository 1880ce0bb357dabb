/**
 * `tools/call`, `prompts/get` and `resources/read`: from a name or a URI to the part that answers. What the caller may
 * not see is answered like what does not exist.
 */
import * as Effect from "effect/Effect"
import type { HeaderField } from "../JsonSchema.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import type { Catalog } from "./Catalog.ts"
import type { Invocation, Request } from "./Invocation.ts"
import type { Handle, Listed, Result } from "./Part.ts"
import { didYouMean, nearest } from "./Suggest.ts"
import { isVisible, visible } from "./Visibility.ts"

type Answer<R> = Effect.Effect<Result, McpError.McpError, R | Invocation>
type Usable<R> = Listed<R> & { readonly handle: Handle<R> }

export const callTool =
  <R>(catalog: () => Catalog<R>): Handle<R> =>
  (request) => {
    const { name, arguments: args } = request.params
    if (typeof name !== "string") return Effect.fail(needs(request, "name", "a string"))
    if (!isArguments(args)) return Effect.fail(needs(request, "arguments", "an object"))
    const { tools } = catalog()
    return use(tools.get(name), request, () => unknown("tool", name, tools.values(), request))
  }

/** The arguments of the tool a request calls that are repeated in headers, if there may be any. */
export const mirrored = <R>(
  catalog: () => Catalog<R>,
  { method, params, ...request }: Request["Service"]
): Effect.Effect<ReadonlyArray<HeaderField>, never, R> | undefined => {
  const { name } = params
  if (method !== "tools/call" || typeof name !== "string") return undefined
  const tool = catalog().tools.get(name)
  if (tool?.mirrored === undefined) return undefined
  const { mirrored: fields } = tool
  return Effect.map(isVisible<R>(tool, { ...request, method, params }), (seen) => (seen ? fields : []))
}

export const getPrompt =
  <R>(catalog: () => Catalog<R>): Handle<R> =>
  (request) => {
    const { name, arguments: args } = request.params
    if (typeof name !== "string") return Effect.fail(needs(request, "name", "a string"))
    if (!isArguments(args)) return Effect.fail(needs(request, "arguments", "an object of strings"))
    const { prompts } = catalog()
    return use(prompts.get(name), request, () => unknown("prompt", name, prompts.values(), request))
  }

export const readResource =
  <R>(catalog: () => Catalog<R>): Handle<R> =>
  (request) => {
    const { uri } = request.params
    if (typeof uri !== "string") return Effect.fail(needs(request, "uri", "a string"))
    const { resources, templates } = catalog()
    const absent = () => notFound(uri, resources.values(), request)
    return useFirst<R>(at(resources, templates, uri), request, absent)
  }

/**
 * Whether the caller may read what is at a URI, and so may hear that it changed. What the server does not know is
 * nobody's secret.
 */
export const mayRead =
  <R>(catalog: () => Catalog<R>) =>
  (uri: string, request: Request["Service"]): Effect.Effect<boolean, never, R> => {
    const { resources, templates } = catalog()
    const parts = at(resources, templates, uri)
    return Effect.map(visible<R, Listed<R>>(parts, request), (seen) => parts.length === 0 || seen.length > 0)
  }

/** What may answer for a URI, best first. */
const at = <R>(
  resources: Catalog<R>["resources"],
  templates: Catalog<R>["templates"],
  uri: string
): ReadonlyArray<Usable<R>> => {
  const fixed = resources.get(uri)
  return fixed === undefined
    ? [...templates.values()].filter((template) => template.match(uri) !== undefined)
    : [fixed]
}

const isArguments = (value: unknown) => value === undefined || JsonRpc.isObject(value)

const needs = ({ method }: Request["Service"], member: string, shape: string) =>
  McpError.invalidParams(`${method}: "params.${member}" must be ${shape}`)

/** Runs a part for a caller who may see it. */
const use = <R>(
  part: Usable<R> | undefined,
  request: Request["Service"],
  absent: () => Answer<R>
): Answer<R> => {
  if (part === undefined) return absent()
  if (part.visible === undefined) return part.handle(request)
  return Effect.flatMap(isVisible<R>(part, request), (seen): Answer<R> =>
    seen ? part.handle(request) : absent()
  )
}

const useFirst = <R>(
  [first, ...others]: ReadonlyArray<Usable<R>>,
  request: Request["Service"],
  absent: () => Answer<R>
): Answer<R> => use(first, request, others.length === 0 ? absent : () => useFirst(others, request, absent))

/** Names the nearest thing the caller may see: what is hidden is not given away by a suggestion. */
const unknown = <R>(
  kind: "tool" | "prompt",
  name: string,
  parts: Iterable<Listed<R>>,
  request: Request["Service"]
): Effect.Effect<never, McpError.McpError, R> =>
  Effect.flatMap(visible<R, Listed<R>>([...parts], request), (seen) => {
    const near = nearest(
      name,
      seen.map(({ descriptor }) => String(descriptor["name"]))
    )
    return Effect.fail(
      McpError.invalidParams(`Unknown ${kind}: ${name}${didYouMean(near)}`, {
        [kind]: name,
        ...(near === undefined ? {} : { nearest: near })
      })
    )
  })

const notFound = <R>(
  uri: string,
  parts: Iterable<Listed<R>>,
  request: Request["Service"]
): Effect.Effect<never, McpError.McpError, R> =>
  Effect.flatMap(visible<R, Listed<R>>([...parts], request), (seen) =>
    Effect.fail(
      McpError.resourceNotFound(
        uri,
        didYouMean(
          nearest(
            uri,
            seen.map(({ descriptor }) => String(descriptor["uri"]))
          )
        )
      )
    )
  )
