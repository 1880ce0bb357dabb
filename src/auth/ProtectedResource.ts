/**
 * Protected Resource Metadata (RFC 9728): where clients learn which authorization servers a resource trusts. Made from
 * the configuration alone; nothing of a request ever gets into it.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/authorization-server-discovery
 */
import type { Reply } from "../http/Exchange.ts"
import { identifier, wellKnown } from "./Urls.ts"

export interface Options {
  /** The canonical URI of the server, as clients write it: "https://mcp.example.com/mcp". */
  readonly resource: string
  /** The issuers whose tokens are taken. */
  readonly authorizationServers: readonly [string, ...ReadonlyArray<string>]
  /** What a client needs for the basics; more is asked for when it is needed. */
  readonly scopes?: ReadonlyArray<string>
  /** For people: the name of the resource and pages about it. */
  readonly about?: {
    readonly name?: string
    readonly documentation?: string
    readonly policy?: string
    readonly terms?: string
  }
}

export interface Published {
  /** Where the metadata is, for `resource_metadata` of challenges. */
  readonly url: string
  /** The same document at the location with the path of the resource, and at the root. */
  readonly documents: ReadonlyMap<string, Reply>
}

const suffix = "oauth-protected-resource"

/** Throws when the configuration names what cannot be one. */
export const publish = ({ about = {}, authorizationServers, resource, scopes }: Options): Published => {
  const url = identifier("resource", resource)
  for (const issuer of authorizationServers) identifier("authorizationServers", issuer)
  const document: Reply = {
    status: 200,
    headers: {
      "content-type": "application/json",
      "cache-control": "public, max-age=3600",
      // Read by programs in browsers before they know whom to trust; there is nothing secret in it.
      "access-control-allow-origin": "*"
    },
    body: JSON.stringify({
      resource,
      authorization_servers: authorizationServers,
      ...(scopes === undefined || scopes.length === 0 ? {} : { scopes_supported: scopes }),
      bearer_methods_supported: ["header"],
      ...(about.name === undefined ? {} : { resource_name: about.name }),
      ...(about.documentation === undefined ? {} : { resource_documentation: about.documentation }),
      ...(about.policy === undefined ? {} : { resource_policy_uri: about.policy }),
      ...(about.terms === undefined ? {} : { resource_tos_uri: about.terms })
    })
  }
  const path = wellKnown(suffix, url)
  return {
    url: `${url.origin}${path}`,
    documents: new Map([
      [path, document],
      [`/.well-known/${suffix}`, document]
    ])
  }
}
