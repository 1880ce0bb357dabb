/**
 * A server inside a server. Tools and prompts go by a prefix, resources by their own URIs or by prefixed ones; the
 * inner server keeps deciding who sees what, its middleware stays around its handlers, and its events are heard.
 */
import * as Effect from "effect/Effect"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import * as Revisions from "../protocol/Revisions.ts"
import * as ToolName from "../protocol/ToolName.ts"
import { Ask } from "./Ask.ts"
import type { Event, Hub } from "./Events.ts"
import { Request } from "./Invocation.ts"
import type * as Part from "./Part.ts"
import type { Server } from "./Server.ts"

export interface Options {
  /** What joins prefix and name. Default: "_". */
  readonly separator?: string
  /**
   * `keep` (default) leaves resource URIs as they are; `prefix` turns `config://app` into `prefix+config://app`, for
   * servers whose URIs would clash.
   */
  readonly uris?: "keep" | "prefix"
}

/**
 * Makes a part of a server. `tools/list` of the outer server shows the inner tool `get` as `prefix_get`. Throws for a
 * prefix that makes no names, and for a server that answers methods of the protocol by hand.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as Server from "mcp-effect/Server"
 * import * as Tool from "mcp-effect/Tool"
 *
 * const Now = Tool.make("now", { output: Schema.String })
 * const clock = Server.make({ name: "clock", version: "1.0.0" }, Tool.handle(Now, () => "noon"))
 *
 * export const server = Server.make({ name: "all", version: "1.0.0" }, Server.mount("clock", clock))
 * ```
 */
export const mount = <R>(prefix: string, server: Server<R>, options: Options = {}): Part.Part<R> => {
  const names = `${prefix}${options.separator ?? "_"}`
  const uris = options.uris === "prefix" ? `${prefix}+` : ""
  if (uris !== "" && !scheme.test(uris)) {
    throw new Error(
      `"${prefix}" cannot start a URI scheme: use letters, digits, "-" and ".", beginning with a letter`
    )
  }
  const { resources } = server.capabilities
  checkNames<R>(server.parts, names)
  checkMethods<R>(server.parts, server.info.name)
  return {
    _tag: "Mount",
    parts: server.parts.flatMap((part) => inner(part, { server, names, uris })),
    subscribe: JsonRpc.isObject(resources) && resources["subscribe"] === true,
    events: uris === "" ? server.events : renamed(server.events, uris)
  }
}

const scheme = /^[a-z][a-z0-9.+-]*$/i

/** Of what comes and goes only the prefix is checked: a name must not fail the request that happens to notice it. */
const checkNames = <R>(parts: ReadonlyArray<Part.Part<R>>, names: string): void => {
  for (const part of parts) {
    if (part._tag === "Tool") ToolName.check(`${names}${part.descriptor.name}`)
    if (part._tag === "Dynamic" && part.kinds.includes("tools")) ToolName.check(`${names}x`)
    if (part._tag === "Mount" || part._tag === "Extension") checkNames<R>(part.parts, names)
  }
}

/** Methods have no prefix: one of the protocol, answered by hand, would take the place of everybody else's parts. */
const checkMethods = <R>(parts: ReadonlyArray<Part.Part<R>>, name: string): void => {
  for (const part of parts) {
    if (part._tag === "Method" && Revisions.newest.fromClient.requests.has(part.method)) {
      throw new Error(`The server "${name}" answers ${part.method} by hand: it cannot be mounted`)
    }
    if (part._tag === "Extension") checkMethods<R>(part.parts, name)
  }
}

interface Mounted<R> {
  readonly server: Server<R>
  readonly names: string
  readonly uris: string
}

const inner = <R>(part: Part.Part<R>, mounted: Mounted<R>): ReadonlyArray<Part.Part<R>> => {
  const { names, server, uris } = mounted
  const enter =
    (member: string, prefix: string, rename: (result: Part.Result) => Part.Result): Part.Handle<R> =>
    (request) =>
      // The questions of the inner handler are those of the outer request.
      Effect.flatMap(Ask, (ask) =>
        Effect.mapBoth(server.handle({ ...request, ask, params: strip(request.params, member, prefix) }), {
          onSuccess: rename,
          onFailure: (error) => renameError(error, uris)
        })
      )
  const suggest = (complete: Completers<R> | undefined, member: string, prefix: string) =>
    complete === undefined ? {} : { complete: suggested(complete, server, member, prefix) }
  const outward = uris === "" ? same : (result: Part.Result) => renameUris(result, uris)
  switch (part._tag) {
    case "Tool":
      return [
        {
          ...part,
          descriptor: prefixed(part.descriptor, "name", names),
          handle: enter("name", names, outward)
        }
      ]
    case "Prompt":
      return [
        {
          ...part,
          descriptor: prefixed(part.descriptor, "name", names),
          handle: enter("name", names, outward),
          ...suggest(part.complete, "name", names)
        }
      ]
    case "Resource":
      return [
        { ...part, descriptor: prefixed(part.descriptor, "uri", uris), handle: enter("uri", uris, outward) }
      ]
    case "ResourceTemplate":
      return [
        {
          ...part,
          descriptor: prefixed(part.descriptor, "uriTemplate", uris),
          match: (uri) => (uri.startsWith(uris) ? part.match(uri.slice(uris.length)) : undefined),
          handle: enter("uri", uris, outward),
          ...suggest(part.complete, "uri", uris),
          ...(part.list === undefined || uris === ""
            ? {}
            : { list: Effect.map(part.list, (items) => items.map((item) => prefixed(item, "uri", uris))) })
        }
      ]
    case "Method":
      return [{ ...part, handle: server.handle }]
    case "Extension":
    case "Mount":
      return [{ ...part, parts: part.parts.flatMap((each) => inner<R>(each, mounted)) }]
    case "Dynamic":
      return [{ ...part, parts: () => part.parts().flatMap((each) => inner<R>(each, mounted)) }]
    case "Notification":
      return [part]
    case "Middleware":
      return []
  }
}

type Completers<R> = { readonly [name: string]: Part.Complete<R> }

/** The inner server is asked, by the name it knows, so that its middleware stands around its completers, too. */
const suggested = <R>(
  complete: Completers<R>,
  server: Server<R>,
  member: string,
  prefix: string
): Completers<R> => {
  const ask: Part.Complete<R> = () =>
    Effect.flatMap(Request, (request) => {
      const { ref } = request.params
      const params = { ...request.params, ref: JsonRpc.isObject(ref) ? strip(ref, member, prefix) : ref }
      return Effect.map(server.handle({ ...request, params }), completionOf)
    })
  return Object.fromEntries(Object.keys(complete).map((name) => [name, ask]))
}

/** What a server answers to `completion/complete`. */
const completionOf = (result: Part.Result) => result["completion"] as Part.Completion

const same = (result: Part.Result) => result

const prefixed = <D extends JsonRpc.Params>(descriptor: D, key: keyof D & string, prefix: string): D =>
  prefix === "" ? descriptor : { ...descriptor, [key]: `${prefix}${String(descriptor[key])}` }

const strip = (params: JsonRpc.Params, key: string, prefix: string): JsonRpc.Params => {
  const value = params[key]
  return typeof value === "string" && value.startsWith(prefix)
    ? { ...params, [key]: value.slice(prefix.length) }
    : params
}

/** Gives the URIs of a result their outer form: contents, links, embedded resources. */
const renameUris = (result: Part.Result, prefix: string): Part.Result => ({
  ...result,
  ...each(result, "contents", (content) => prefixed(content, "uri", prefix)),
  ...each(result, "content", (block) => renameBlock(block, prefix)),
  ...each(result, "messages", (message) =>
    JsonRpc.isObject(message["content"])
      ? { ...message, content: renameBlock(message["content"], prefix) }
      : message
  )
})

const each = (
  result: Part.Result,
  key: string,
  rename: (item: JsonRpc.Params) => JsonRpc.Params
): JsonRpc.Params => {
  const items = result[key]
  return Array.isArray(items)
    ? { [key]: items.map((item) => (JsonRpc.isObject(item) ? rename(item) : item)) }
    : {}
}

const renameBlock = (block: JsonRpc.Params, prefix: string): JsonRpc.Params => {
  if (block["type"] === "resource_link") return prefixed(block, "uri", prefix)
  return block["type"] === "resource" && JsonRpc.isObject(block["resource"])
    ? { ...block, resource: prefixed(block["resource"], "uri", prefix) }
    : block
}

/** What is not found is so under its outer URI. */
const renameError = (error: McpError.McpError, prefix: string): McpError.McpError => {
  const { code, data, message } = error.fault
  if (prefix === "" || !JsonRpc.isObject(data) || typeof data["uri"] !== "string") return error
  const { uri } = data
  const outer = `${prefix}${uri}`
  return McpError.make(
    code,
    message.replaceAll(uri, () => outer),
    { ...data, uri: outer }
  )
}

const renamed = (hub: Hub, prefix: string): Hub => {
  const outward = (event: Event): Event =>
    event._tag === "ResourceUpdated" ? { ...event, uri: `${prefix}${event.uri}` } : event
  return { publish: hub.publish, subscribe: (listener) => hub.subscribe((event) => listener(outward(event))) }
}
