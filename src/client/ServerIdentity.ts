/**
 * What a server said about itself, in whichever era. It is self-reported: show it, do not decide by it.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/discover
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { ServerCapabilities } from "../protocol/Capabilities.ts"
import { Implementation } from "../protocol/Implementation.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Meta from "../protocol/Meta.ts"
import type { Revision } from "../protocol/Revision.ts"

export interface ServerIdentity {
  readonly info: Implementation
  readonly capabilities: ServerCapabilities
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
  return identity(revision, result, meta[Meta.key.serverInfo], target, result["supportedVersions"])
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
  return {
    info: Option.getOrElse(readInfo(serverInfo), () => nameless(object(serverInfo), target)),
    capabilities: capabilitiesOf(object(result["capabilities"])),
    instructions: typeof result["instructions"] === "string" ? result["instructions"] : undefined,
    protocolVersion: revision.version,
    era: revision.era,
    supportedVersions: Array.isArray(supported) ? supported.map(String) : [revision.version]
  }
}

const readInfo = Schema.decodeUnknownOption(Implementation)
const readCapabilities = Schema.decodeUnknownOption(ServerCapabilities)

/** A capability nobody can read does not hide the others. */
const capabilitiesOf = (declared: JsonRpc.Params): ServerCapabilities =>
  Option.getOrElse(readCapabilities(declared), () => {
    const readable = Object.entries(declared).filter(([name, value]) =>
      Option.isSome(readCapabilities({ [name]: value }))
    )
    return Option.getOrElse(readCapabilities(Object.fromEntries(readable)), () => ({}))
  })

/** A server that does not introduce itself properly is called by what it was reached by. */
const nameless = ({ name, version }: JsonRpc.Params, target: string) => ({
  name: typeof name === "string" ? name : target,
  version: typeof version === "string" ? version : ""
})

const object = (value: unknown): JsonRpc.Params => (JsonRpc.isObject(value) ? value : {})
