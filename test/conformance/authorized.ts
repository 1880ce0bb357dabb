/**
 * How the client under test gets its tokens. What a scenario says was agreed beforehand, client ids and keys, is in
 * its context; everything else the client finds out.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as NodeGuardedHttp from "mcp-effect/NodeGuardedHttp"
import * as NodeInteraction from "mcp-effect/NodeInteraction"
import * as OAuthClient from "mcp-effect/OAuthClient"
import { TokenStore } from "mcp-effect/TokenStore"

export interface Context {
  readonly client_id?: string
  readonly client_secret?: string
  readonly issuer?: string
  readonly private_key_pem?: string
  readonly signing_algorithm?: string
  readonly idp_client_id?: string
  readonly idp_id_token?: string
  readonly idp_issuer?: string
  readonly valid_jwt?: string
}

/** The user agrees to everything: the authorization servers of the suite send the browser straight back. */
const browser = NodeInteraction.layerBrowser({
  open: (url) => Effect.asVoid(Effect.promise(() => fetch(url).then((response) => response.text())))
})

/** Where the client was registered, for scenarios that say as what, and not where. */
const registeredAt = async (server: string): Promise<string> => {
  const { origin, pathname } = new URL(server)
  const answer = await fetch(`${origin}/.well-known/oauth-protected-resource${pathname}`)
  const { authorization_servers } = (await answer.json()) as {
    readonly authorization_servers: ReadonlyArray<string>
  }
  return authorization_servers[0]!
}

const registered = async (server: string, context: Context): Promise<OAuthClient.Registered> => ({
  issuer: context.issuer ?? (await registeredAt(server)),
  id: context.client_id ?? "",
  ...(context.client_secret !== undefined && { secret: Redacted.make(context.client_secret) }),
  ...(context.private_key_pem !== undefined && {
    key: {
      privateKey: Redacted.make(context.private_key_pem),
      algorithm: context.signing_algorithm ?? "ES256"
    }
  })
})

const authorization = async (server: string, scenario: string, context: Context) => {
  switch (scenario) {
    case "auth/client-credentials-basic":
    case "auth/client-credentials-jwt":
      return OAuthClient.layerClientCredentials({ server, client: await registered(server, context) })
    case "auth/wif-jwt-bearer":
      return OAuthClient.layerAssertion({
        server,
        client: await registered(server, context),
        assertion: () => Effect.succeed(Redacted.make(context.valid_jwt ?? ""))
      })
    case "auth/enterprise-managed-authorization":
      return OAuthClient.layerEnterprise({
        server,
        client: await registered(server, context),
        provider: {
          issuer: context.idp_issuer ?? "",
          client: { id: context.idp_client_id ?? "" },
          subjectToken: Effect.succeed(Redacted.make(context.idp_id_token ?? ""))
        }
      })
    default:
      return OAuthClient.layer({
        server,
        client: { client_name: "conformance-client" },
        metadataUrl: "https://conformance-test.local/client-metadata.json",
        registered: context.client_id === undefined ? [] : [await registered(server, context)]
      }).pipe(Layer.provide(browser))
  }
}

/** An HttpClient that signs in where the server wants it. */
export const httpClient = async (server: string, scenario: string, context: Context) =>
  Layer.provide(await authorization(server, scenario, context), [
    NodeHttpClient.layerUndici,
    NodeGuardedHttp.layer(),
    TokenStore.layerMemory
  ])
