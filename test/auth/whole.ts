/** A protected MCP server with its authorization server beside it in one application, on loopback. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as AuthorizationServer from "mcp-effect/AuthorizationServer"
import * as Bearer from "mcp-effect/Bearer"
import * as EmbeddedProvider from "mcp-effect/EmbeddedProvider"
import { OAuthStore } from "mcp-effect/OAuthStore"
import * as Principal from "mcp-effect/Principal"
import * as Scopes from "mcp-effect/Scopes"
import * as Server from "mcp-effect/Server"
import * as SignIn from "mcp-effect/SignIn"
import * as StreamableServer from "mcp-effect/StreamableServer"
import * as Tool from "mcp-effect/Tool"
import * as Verifier from "mcp-effect/Verifier"
import { createServer } from "node:http"
import { http } from "./issuer.ts"

export interface Whole {
  readonly origin: string
  readonly endpoint: string
  /** Calls that reached a handler. */
  readonly ran: Array<string>
}

const makeServer = (ran: Array<string>) =>
  Server.make(
    { name: "files", version: "1.0.0" },
    Tool.handle(Tool.make("whoami", { output: Schema.String }), () =>
      Effect.map(Principal.Principal, ({ subject }) => {
        ran.push("whoami")
        return subject
      })
    ),
    Tool.handle(Tool.make("write", { output: Schema.String }), () =>
      Effect.map(Scopes.require("files:read", "files:write"), () => {
        ran.push("write")
        return "written"
      })
    ),
    Tool.handle(
      Tool.make("wipe", { output: Schema.String }),
      () => {
        ran.push("wipe")
        return "gone"
      },
      { visible: () => Scopes.has("admin") }
    )
  )

export type Kind = "signed tokens" | "tokens it asks about" | "tokens of the same process"

/** Tokens are verified in one of three ways: by the issuer's keys, by asking it over HTTP, or in the same process. */
export const whole = (kind: Kind): Effect.Effect<Whole, never, Scope.Scope> =>
  Effect.gen(function* () {
    const ran: Array<string> = []
    let origin = ""
    const provider = EmbeddedProvider.layer({
      accessTokens: kind === "signed tokens" ? "jwt" : "opaque"
    }).pipe(Layer.provide([SignIn.local({ subject: "ada" }), OAuthStore.layerMemory]))

    const app = Layer.unwrap(
      Effect.map(HttpServer.HttpServer, ({ address }) => {
        origin = `http://127.0.0.1:${"port" in address ? address.port : 0}`
        const resource = `${origin}/mcp`
        const secret = Redacted.make("introspection-secret")
        const issuer = AuthorizationServer.layer(provider, {
          issuer: origin,
          resources: [resource],
          validScopes: ["files:read", "files:write", "admin"],
          clientRegistration: { enabled: true },
          introspection: [{ id: "rs", secret, resource }]
        })
        const verifier = {
          "signed tokens": Layer.provide(Verifier.jwt({ issuer: origin }), http),
          "tokens it asks about": Layer.provide(
            Verifier.introspection({
              issuer: origin,
              endpoint: `${origin}/introspect`,
              clientId: "rs",
              clientSecret: secret
            }),
            http
          ),
          "tokens of the same process": AuthorizationServer.verifier
        }[kind]
        const guard = Bearer.guard({
          resource,
          authorizationServers: [origin],
          scopes: ["files:read"],
          implies: { admin: ["files:read", "files:write"] }
        })
        return StreamableServer.layer(makeServer(ran), { guard }).pipe(
          Layer.provide(verifier),
          Layer.provideMerge(issuer)
        )
      })
    )
    yield* StreamableServer.graceful(
      HttpRouter.serve(app, { disableLogger: true, disableListenLog: true })
    ).pipe(
      Layer.provideMerge(
        NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1", gracefulShutdownTimeout: 0 })
      ),
      Layer.orDie,
      Layer.build
    )
    return { origin, endpoint: `${origin}/mcp`, ran }
  })
