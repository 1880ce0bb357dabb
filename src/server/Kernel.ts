/**
 * From a request to the part that answers it. Speaks the newest revision only; sessions and older revisions are the
 * business of what stands around it.
 */
import * as Effect from "effect/Effect"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import type { Catalog } from "./Catalog.ts"
import * as Completion from "./Completion.ts"
import { discharge } from "./Discharge.ts"
import type { CurrentServer, Invocation, Request } from "./Invocation.ts"
import type * as Part from "./Part.ts"
import * as Replay from "./Replay.ts"
import { nearest } from "./Suggest.ts"
import { isVisible, visible } from "./Visibility.ts"

type Handle<R> = Part.MethodPart<R>["handle"]
type Answer<R> = Effect.Effect<Part.Result, McpError.McpError, R | Invocation>

/** `tools/call`, `prompts/get`, `resources/read` and `completion/complete`, each looked up in the catalogue. */
export const methods = <R>(catalog: () => Catalog<R>): ReadonlyMap<string, Handle<R>> =>
  new Map<string, Handle<R>>(
    Object.entries<Handle<R>>({
      "tools/call": (request) => {
        const { name, arguments: args } = request.params
        if (typeof name !== "string") return Effect.fail(missing("tools/call", "name", "a string"))
        if (args !== undefined && !JsonRpc.isObject(args)) {
          return Effect.fail(missing("tools/call", "arguments", "an object"))
        }
        const { tools } = catalog()
        return use(tools.get(name), request, unknown("tool", name, tools))
      },
      "prompts/get": (request) => {
        const { name, arguments: args } = request.params
        if (typeof name !== "string") return Effect.fail(missing("prompts/get", "name", "a string"))
        if (args !== undefined && !JsonRpc.isObject(args)) {
          return Effect.fail(missing("prompts/get", "arguments", "an object of strings"))
        }
        const { prompts } = catalog()
        return use(prompts.get(name), request, unknown("prompt", name, prompts))
      },
      "resources/read": (request) => {
        const { uri } = request.params
        if (typeof uri !== "string") return Effect.fail(missing("resources/read", "uri", "a string"))
        return use(resource(catalog(), uri), request, noSuchResource(uri, catalog))
      },
      "completion/complete": (request) => Completion.complete(catalog(), request)
    })
  )

const missing = (method: string, member: string, shape: string) =>
  McpError.invalidParams(`${method} needs "params.${member}", ${shape}`)

/** The static resource of this URI, or the first template that produces it. */
const resource = <R>({ resources, templates }: Catalog<R>, uri: string) => {
  const fixed = resources.get(uri)
  if (fixed !== undefined) return fixed
  for (const template of templates.values()) {
    if (template.match(uri) !== undefined) return template
  }
  return undefined
}

/** Runs a part for a caller who may see it; for anybody else it does not exist. */
const use = <R>(
  part: { readonly visible?: Part.Visible<R>; readonly handle: Handle<R> } | undefined,
  request: Request["Service"],
  absent: (request: Request["Service"]) => Effect.Effect<never, McpError.McpError, R>
): Answer<R> => {
  if (part === undefined) return absent(request)
  if (part.visible === undefined) return part.handle(request)
  return Effect.flatMap(isVisible(part, request), (seen): Answer<R> =>
    seen ? part.handle(request) : absent(request)
  )
}

/** Names the nearest thing the caller may see: what is hidden is not given away by a suggestion. */
const unknown =
  <R, P extends { readonly visible?: Part.Visible<R>; readonly descriptor: { readonly name: string } }>(
    kind: string,
    name: string,
    parts: ReadonlyMap<string, P>
  ) =>
  (request: Request["Service"]): Effect.Effect<never, McpError.McpError, R> =>
    Effect.flatMap(visible<R, P>([...parts.values()], request), (seen) => {
      const near = nearest(
        name,
        seen.map((part) => part.descriptor.name)
      )
      return Effect.fail(
        McpError.invalidParams(`Unknown ${kind}: ${name}${hint(near)}`, {
          [kind]: name,
          ...(near === undefined ? {} : { nearest: near })
        })
      )
    })

const noSuchResource =
  <R>(uri: string, catalog: () => Catalog<R>) =>
  (request: Request["Service"]): Effect.Effect<never, McpError.McpError, R> =>
    Effect.flatMap(visible<R, Part.ResourcePart<R>>([...catalog().resources.values()], request), (seen) =>
      Effect.fail(
        McpError.resourceNotFound(
          uri,
          hint(
            nearest(
              uri,
              seen.map((part) => part.descriptor.uri)
            )
          )
        )
      )
    )

const hint = (near: string | undefined) => (near === undefined ? "" : `. Did you mean ${near}?`)

/** The three methods in whose middle a client may be asked. */
const mayAsk: ReadonlySet<string> = new Set(["tools/call", "prompts/get", "resources/read"])

/** Finds the handler of a request, gives it what it may use while it runs, and completes its result. */
export const service =
  <R>(
    handlers: (method: string) => Handle<R> | undefined,
    stamp: (result: Part.Result) => Part.Result,
    server: CurrentServer["Service"]
  ): Part.Service<R> =>
  (request) => {
    const handle = handlers(request.method)
    if (handle === undefined) return Effect.fail(McpError.methodNotFound(request.method))
    const answer = handle(request)
    const asking =
      request.ask === undefined && mayAsk.has(request.method)
        ? Replay.run(request, answer, server.info.name)
        : answer
    return Effect.map(discharge<R>(asking, request, server), stamp)
  }
