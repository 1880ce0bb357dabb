/**
 * Which era a POST belongs to, decided once, before anything in it is validated.
 *
 * What explains itself in `_meta` is of the stateless era, and so is what claims a revision in its header that has no
 * handshake. Everything else, `initialize` above all, is of the era of sessions.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning#backward-compatibility-with-initialization-based-versions
 */
import type { Head } from "../../http/Exchange.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as Meta from "../../protocol/Meta.ts"
import * as Revisions from "../../protocol/Revisions.ts"
import { field } from "../Headers.ts"

export const isStateless = ({ header }: Head, value: unknown): boolean => {
  const inSession = header(field.sessionId) !== undefined
  if (JsonRpc.isObject(value)) {
    const params = JsonRpc.isObject(value["params"]) ? value["params"] : undefined
    // A client of a session may repeat, on each request, the version the session has.
    if (Meta.isSelfContained(params)) return !(inSession && namesStateful(Meta.of(params)))
    if (value["method"] === "initialize") return false
  }
  const claimed = header(field.protocolVersion)
  if (claimed === undefined || Revisions.findStateful(claimed) !== undefined) return false
  return !inSession || Revisions.find(claimed) !== undefined
}

const namesStateful = (meta: JsonRpc.Params): boolean => {
  const version = meta[Meta.key.protocolVersion]
  return typeof version === "string" && Revisions.findStateful(version) !== undefined
}
