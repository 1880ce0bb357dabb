/**
 * Decides once, for each request that arrives on a connection that can speak both eras, which one it belongs to.
 *
 * A request that explains itself in `_meta` is of the stateless era, whatever was said before it. `initialize` opens
 * the stateful era for the requests that do not; until then they lack what they need.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning
 */
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import * as Meta from "../protocol/Meta.ts"
import type { Revision } from "../protocol/Revision.ts"
import * as Revisions from "../protocol/Revisions.ts"

export type Verdict =
  /** Serve it by what it says about itself. */
  | { readonly _tag: "Stateless"; readonly meta: Meta.RequestMeta }
  /** The handshake: begin the session. */
  | { readonly _tag: "Initialize" }
  /** Serve it by what the handshake settled. */
  | { readonly _tag: "Stateful"; readonly revision: Revision }
  /** Whoever asks is alive and wants to know whether we are. */
  | { readonly _tag: "Ping" }
  | { readonly _tag: "Refused"; readonly error: McpError.McpError }

const initialize: Verdict = { _tag: "Initialize" }
const ping: Verdict = { _tag: "Ping" }
const refused = (error: McpError.McpError) => ({ _tag: "Refused", error }) as const

/** The era of a request on a connection whose handshake, if there was one, settled this revision. */
export const decide = (request: JsonRpc.Request, settled: Revision | undefined): Verdict => {
  if (request.method === "initialize") {
    return settled === undefined
      ? initialize
      : refused(McpError.invalidRequest(`This session is initialized already, at ${settled.version}`))
  }
  if (Meta.isSelfContained(request.params) && !isOfSession(request, settled)) return stateless(request)
  if (request.method === "ping") return ping
  if (settled === undefined) return refused(unexplained(request))
  return isLater(request.method, settled)
    ? refused(McpError.methodNotFound(request.method))
    : { _tag: "Stateful", revision: settled }
}

type Stateless = Extract<Verdict, { _tag: "Stateless" | "Refused" }>

/** The verdict on a request that must explain itself: required fields first, then the version. */
export const stateless = (request: JsonRpc.Request, versions = Revisions.versions): Stateless => {
  const meta = explained(request)
  return meta instanceof McpError.McpError ? refused(meta) : supported(request, meta, versions)
}

/** What a request says about itself, or what it fails to say. */
export const explained = (request: JsonRpc.Request): Meta.RequestMeta | McpError.McpError => {
  const meta = Meta.read(request.params)
  if (typeof meta !== "string") return meta
  return request.method === "initialize"
    ? noHandshake(McpError.code.InvalidParams)
    : McpError.invalidParams(`${request.method}: ${meta}`)
}

/** The verdict on a request that has explained itself. `versions` are what a client hears of that speaks no other. */
export const supported = (
  request: JsonRpc.Request,
  meta: Meta.RequestMeta,
  versions = Revisions.versions
): Stateless => {
  if (Revisions.find(meta.protocolVersion)?.era !== "stateless") {
    return refused(McpError.unsupportedVersion(meta.protocolVersion, versions))
  }
  switch (request.method) {
    case "initialize":
      return refused(noHandshake(McpError.code.MethodNotFound))
    // Every server knows this one, and this era does not.
    case "ping":
      return refused(McpError.methodNotFound(request.method))
    default:
      return { _tag: "Stateless", meta }
  }
}

/** The versions that are spoken where there is no handshake. */
export const withoutHandshake: ReadonlyArray<string> = Revisions.all
  .filter(({ era }) => era === "stateless")
  .map(({ version }) => version)

/** A client that begins with a handshake has no other way to learn what is spoken here instead. */
const noHandshake = (code: number) =>
  McpError.make(code, `There is no handshake here: this server speaks ${withoutHandshake.join(", ")}`, {
    supported: withoutHandshake
  })

/** The revision a handshake settles: what the client offers if we speak it, else our newest with a handshake. */
export const settle = (offered: string): Revision =>
  Revisions.findStateful(offered) ?? Revisions.newestStateful

/** A client may repeat, on each request, the version its session has. */
const isOfSession = (request: JsonRpc.Request, settled: Revision | undefined): boolean =>
  settled !== undefined && Meta.of(request.params)[Meta.key.protocolVersion] === settled.version

/** Whether only revisions after this one know the method. Methods of nobody's may be the server's own. */
const isLater = (method: string, { fromClient }: Revision): boolean =>
  Revisions.newest.fromClient.requests.has(method) && !fromClient.requests.has(method)

/** Neither era would serve this: it says nothing about itself, and nothing was said before. */
const unexplained = (request: JsonRpc.Request) =>
  McpError.invalidParams(
    `${request.method}: ${Meta.read(request.params) as string}, unless "initialize" came before`
  )
