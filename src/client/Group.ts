/**
 * Several servers as one: their tools, prompts and resources under names that do not clash. Names are made from
 * what the application calls each server, not from what the server calls itself.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/tools
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Client from "mcp-effect/Client"
 * import * as Group from "mcp-effect/Group"
 * import * as Loopback from "mcp-effect/Loopback"
 * import * as Server from "mcp-effect/Server"
 *
 * const files = Loopback.layer(Server.make({ name: "files", version: "1.0.0" }))
 * const mail = Loopback.layer(Server.make({ name: "mail", version: "1.0.0" }))
 * const me = { name: "example", version: "1.0.0" }
 *
 * export const tools = Effect.gen(function* () {
 *   const group = yield* Group.make({
 *     files: yield* Client.connect(files, me),
 *     mail: yield* Client.connect(mail, me)
 *   })
 *   return (yield* group.tools).map(({ name }) => name) // "files_read", "mail_send", …
 * }).pipe(Effect.scoped)
 * ```
 */
import * as Effect from "effect/Effect"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Directory from "./Directory.ts"
import type { DirectoryError } from "./Directory.ts"
import type { RequestOptions } from "./Requests.ts"
import type * as Results from "./Results.ts"
import type { Service } from "./Service.ts"

export { DuplicateName } from "./Directory.ts"

export interface Options {
  /** The name under which the group shows a tool or prompt of a member. Default: `member_name`. */
  readonly rename?: (name: string, member: string) => string
}

/** A thing of one member, under its name in the group. */
export type Member<A> = A & { readonly member: string; readonly original: string }

type Listed<A> = Effect.Effect<ReadonlyArray<Member<A>>, DirectoryError>

export interface Group {
  readonly members: ReadonlyMap<string, Service>
  readonly tools: Listed<Results.Tool>
  readonly prompts: Listed<Results.Prompt>
  /** Resources keep their URIs; a URI that two members have is a duplicate. */
  readonly resources: Listed<Results.Resource>
  /** Calls a tool by its name in the group. */
  readonly callTool: <R = never>(
    name: string,
    args?: JsonRpc.Params,
    options?: RequestOptions<R>
  ) => Effect.Effect<Results.CallToolResult, DirectoryError, R>
  readonly getPrompt: <R = never>(
    name: string,
    args?: { readonly [argument: string]: string },
    options?: RequestOptions<R>
  ) => Effect.Effect<Results.GetPromptResult, DirectoryError, R>
  /** Reads a resource from the member that lists it. */
  readonly readResource: <R = never>(
    uri: string,
    options?: RequestOptions<R>
  ) => Effect.Effect<Results.ReadResourceResult, DirectoryError, R>
}

/** A group of these clients. It fails if their names already clash; clashes that come later fail where they show. */
export const make = (
  clients: { readonly [member: string]: Service },
  { rename = (name, member) => `${member}_${name}` }: Options = {}
): Effect.Effect<Group, DirectoryError> => {
  const members = new Map(Object.entries(clients))
  const nameOf = ({ name }: { readonly name: string }) => name
  const tools = Directory.make<Results.Tool>(members, {
    kind: "tool",
    capability: "tools",
    list: (client) => client.tools,
    original: nameOf,
    rename
  })
  const prompts = Directory.make<Results.Prompt>(members, {
    kind: "prompt",
    capability: "prompts",
    list: (client) => client.prompts,
    original: nameOf,
    rename
  })
  const resources = Directory.make<Results.Resource>(members, {
    kind: "resource",
    capability: "resources",
    list: (client) => client.resources,
    original: ({ uri }) => uri,
    rename: (uri) => uri
  })
  const group: Group = {
    members,
    tools: Effect.map(tools.list, shown("name")),
    prompts: Effect.map(prompts.list, shown("name")),
    resources: Effect.map(resources.list, shown("uri")),
    callTool: (name, args, options) =>
      tools.at(name, (client, original) => client.callTool(original, args, options)),
    getPrompt: (name, args, options) =>
      prompts.at(name, (client, original) => client.getPrompt(original, args, options)),
    readResource: (uri, options) => resources.at(uri, (client) => client.readResource(uri, options))
  }
  return Effect.as(
    Effect.all([tools.list, prompts.list, resources.list], { concurrency: "unbounded" }),
    group
  )
}

const shown =
  (key: "name" | "uri") =>
  <A>(found: ReadonlyMap<string, Directory.Entry<A>>): ReadonlyArray<Member<A>> =>
    [...found].map(([name, { item, member, original }]) => ({ ...item, [key]: name, member, original }))
