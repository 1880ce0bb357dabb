/** Compiled with the rest: a server that uses its caller cannot be served without a way to know who calls. Never run. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { HttpRouter } from "effect/http/HttpRouter"
import * as Bearer from "../../src/auth/Bearer.ts"
import * as Principal from "../../src/auth/Principal.ts"
import * as Scopes from "../../src/auth/Scopes.ts"
import * as Verifier from "../../src/auth/Verifier.ts"
import type { Guard } from "../../src/http/Exchange.ts"
import * as RequestHeaders from "../../src/http/RequestHeaders.ts"
import * as Method from "../../src/server/Method.ts"
import * as Prompt from "../../src/server/Prompt.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import * as Tool from "../../src/server/Tool.ts"
import * as NodeServer from "../../src/transport/NodeServer.ts"
import * as StdioServer from "../../src/transport/StdioServer.ts"
import * as StreamableServer from "../../src/transport/StreamableServer.ts"

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
const holds = <_ extends true>() => {}

// Every kind of part may fail for want of scopes, and shows that it needs a principal.
const checked = Scopes.require("a")
const server: Server.Server<Principal.Principal> = Server.make(
  { name: "s", version: "1" },
  Tool.handle(Tool.make("tool"), () => Effect.as(checked, "done")),
  Tool.handle(Tool.make("hidden"), () => "done", { visible: () => Scopes.has("a") }),
  Resource.make("file://a", {}, () => Effect.as(checked, "text")),
  Prompt.make("prompt", {}, () => Effect.as(checked, "text")),
  Method.make("com.example/method", () => Effect.as(checked, {}))
)

const guard = Bearer.guard({ resource: "https://mcp.example.com" })
holds<Equal<typeof guard, Guard<Principal.Principal, Verifier.Verifier>>>()

// Keys that are given need not be fetched.
const fixed = Verifier.jwt({ issuer: "https://login.example.com", jwks: { keys: [] } })
holds<Equal<Layer.Services<typeof fixed>, never>>()

// With the guard a verifier is left to provide, with a layer nothing is, without either the principal is.
const routes = StreamableServer.layer(server, { guard })
holds<Equal<Layer.Services<typeof routes>, Verifier.Verifier | HttpRouter>>()
const listening = NodeServer.listen(server, { guard })
holds<Equal<Effect.Services<typeof listening>, Verifier.Verifier | Scope.Scope>>()
const open = NodeServer.listen(server)
holds<Equal<Effect.Services<typeof open>, Principal.Principal | Scope.Scope>>()

// Headers come with a guard, too, beside whatever else guards.
const headed = Server.make(
  { name: "s", version: "1" },
  Tool.handle(Tool.make("tenant"), () =>
    RequestHeaders.RequestHeaders.useSync((headers) => headers.get("x-tenant") ?? "none")
  )
)
holds<Equal<typeof headed, Server.Server<RequestHeaders.RequestHeaders>>>()
const both = RequestHeaders.guard(guard)
holds<Equal<typeof both, Guard<Principal.Principal | RequestHeaders.RequestHeaders, Verifier.Verifier>>>()

export const stdio = () => {
  // @ts-expect-error The headers are missing.
  NodeServer.launch(headed)
  NodeServer.launch(headed, { guard: RequestHeaders.guard() })
  // @ts-expect-error There are none on stdio.
  StdioServer.launch(headed)
  StdioServer.launch(headed, RequestHeaders.layerNone)
  // @ts-expect-error The principal is missing.
  StdioServer.launch(server)
  StdioServer.launch(server, Principal.layer({ subject: "me" }))
  // @ts-expect-error The verifier is missing.
  NodeServer.launch(server, { guard })
}
