/**
 * What a server said about itself, in whichever era. It is self-reported: show it, do not decide by it.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/discover
 */
import * as JsonRpc from "../protocol/JsonRpc.ts"
import type { Revision } from "../protocol/Revision.ts"

/** `serverInfo`: name and version, and what else the server has to show for itself. */
export interface ServerInfo extends JsonRpc.Params {
  readonly name: string
  readonly version: string
  readonly title?: string
}

export interface ServerIdentity {
  readonly info: ServerInfo
  /** ServerCapabilities of the newest revision. */
  readonly capabilities: JsonRpc.Params
  /** Guidance for the model that uses the server. */
  readonly instructions: string | undefined
  /** The revision that client and server speak. */
  readonly protocolVersion: string
  readonly era: Revision["era"]
  /** What the server says it speaks; just the negotiated version where the era has no way to say more. */
  readonly supportedVersions: ReadonlyArray<string>
}

export const discovered = (revision: Revision, result: JsonRpc.Params, target: string): ServerIdentity => {
  const meta = object(result["_meta"])
  return identity(
    revision,
    result,
    meta["io.modelcontextprotocol/serverInfo"],
    target,
    result["supportedVersions"]
  )
}

export const initialized = (revision: Revision, result: JsonRpc.Params, target: string): ServerIdentity =>
  identity(revision, result, result["serverInfo"], target, [revision.version])

const identity = (
  revision: Revision,
  result: JsonRpc.Params,
  serverInfo: unknown,
  target: string,
  supported: unknown
): ServerIdentity => {
  const { name = target, version = "", ...rest } = object(serverInfo)
  return {
    info: { ...rest, name: String(name), version: String(version) },
    capabilities: object(result["capabilities"]),
    instructions: typeof result["instructions"] === "string" ? result["instructions"] : undefined,
    protocolVersion: revision.version,
    era: revision.era,
    supportedVersions: Array.isArray(supported) ? supported.map(String) : [revision.version]
  }
}

const object = (value: unknown): JsonRpc.Params => (JsonRpc.isObject(value) ? value : {})
