/**
 * A protected server and the authorization server it trusts, in one application. Users sign in with GitHub when the
 * environment has an OAuth app of theirs; without one, whoever is at this machine is the user.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as AuthorizationServer from "mcp-effect/AuthorizationServer"
import * as Bearer from "mcp-effect/Bearer"
import * as EmbeddedProvider from "mcp-effect/EmbeddedProvider"
import * as OAuthStore from "mcp-effect/OAuthStore"
import * as SignIn from "mcp-effect/SignIn"
import * as StreamableServer from "mcp-effect/StreamableServer"
import { createServer } from "node:http"
import { github } from "./github.ts"
import { server } from "./tools.ts"

const settings = Config.all({
  port: Config.Int("MCP_SERVER_PORT").pipe(Config.withDefault(8000)),
  github: Config.option(
    Config.all({
      clientId: Config.String("MCP_GITHUB_GITHUB_CLIENT_ID"),
      clientSecret: Config.Redacted("MCP_GITHUB_GITHUB_CLIENT_SECRET")
    })
  )
})

const app = Layer.unwrap(
  Effect.map(settings, ({ github: app, port }) => {
    const origin = `http://127.0.0.1:${port}`
    const resource = `${origin}/mcp`

    const provider = EmbeddedProvider.layer().pipe(
      Layer.provide([
        Option.match(app, { onNone: () => SignIn.local({ subject: "me" }), onSome: github }),
        OAuthStore.OAuthStore.layerMemory
      ])
    )
    const issuer = AuthorizationServer.layer(provider, {
      issuer: origin,
      resources: [resource],
      validScopes: ["user", "user:secrets"],
      clientRegistration: { enabled: true, defaultScopes: ["user"] },
      revocation: { enabled: true }
    })
    const guard = Bearer.guard({ resource, authorizationServers: [origin], scopes: ["user"] })

    const routes = StreamableServer.layer(server, { guard }).pipe(
      Layer.provide(AuthorizationServer.verifier),
      Layer.provide(issuer)
    )
    return StreamableServer.graceful(HttpRouter.serve(routes, { disableLogger: true })).pipe(
      Layer.provide(NodeHttpServer.layer(createServer, { port, host: "127.0.0.1" }))
    )
  })
).pipe(Layer.provide(FetchHttpClient.layer))

NodeRuntime.runMain(Layer.launch(app))
