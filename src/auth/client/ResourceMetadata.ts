/**
 * What a protected server says about itself (RFC 9728): which authorization servers it trusts, and which scopes there
 * are.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/authorization-server-discovery#protected-resource-metadata-discovery-requirements
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { GuardedHttp } from "../GuardedHttp.ts"
import * as AuthorizationError from "./AuthorizationError.ts"
import * as Documents from "./Documents.ts"
import * as Locations from "./Locations.ts"

export const ResourceMetadata = Schema.Struct({
  resource: Schema.String,
  authorization_servers: Schema.Array(Schema.String).check(Schema.isNonEmpty()),
  scopes_supported: Schema.optionalKey(Schema.Array(Schema.String)),
  dpop_bound_access_tokens_required: Schema.optionalKey(Schema.Boolean)
})
export type ResourceMetadata = typeof ResourceMetadata.Type

const decode = Schema.decodeUnknownResult(ResourceMetadata)

export interface Request {
  readonly server: URL
  /** Where the server says it is. */
  readonly location: string | undefined
  /** Identifiers that are the server's by the word of the application. */
  readonly known: ReadonlyArray<string>
  readonly headers: { readonly [name: string]: string }
}

/** The metadata of a server, which must be about that very server; `undefined` if it has none. */
export const fetch = Effect.fnUntraced(function* (guard: GuardedHttp["Service"], request: Request) {
  const { headers, known, location, server } = request
  if (location !== undefined && URL.parse(location)?.origin !== server.origin) {
    return yield* AuthorizationError.make(
      "Discovery",
      `The server says that its metadata is on another origin, at ${AuthorizationError.quoted(location)}`
    )
  }
  const usual = Locations.ofResource(server)
  const places =
    location === undefined
      ? usual
      : [usual.find(({ url }) => url === location) ?? { url: location, about: [Locations.canonical(server)] }]
  for (const { about, url } of places) {
    const found = yield* Documents.first(guard, [url], server.href, headers)
    if (found !== undefined) return yield* validate(found, [...about, ...known])
  }
  return location === undefined
    ? undefined
    : yield* AuthorizationError.make("Discovery", `The server has no metadata where it says, at ${location}`)
})

const validate = (
  { url, value }: Documents.Found,
  about: ReadonlyArray<string>
): Effect.Effect<ResourceMetadata, AuthorizationError.AuthorizationError> => {
  const metadata = decode(value)
  if (Result.isFailure(metadata)) {
    return Effect.fail(
      AuthorizationError.make(
        "Discovery",
        `${url} is not protected resource metadata: ${AuthorizationError.quoted(metadata.failure.message)}`
      )
    )
  }
  return about.includes(metadata.success.resource)
    ? Effect.succeed(metadata.success)
    : Effect.fail(
        AuthorizationError.make(
          "ResourceMismatch",
          `${url} is about the resource ${AuthorizationError.quoted(metadata.success.resource)}, not about ${about.join(" or ")}`
        )
      )
}
