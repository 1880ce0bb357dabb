/** An MCP server that is protected, whoever gives the tokens for it. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Bearer from "mcp-effect/Bearer"
import * as NodeGuardedHttp from "mcp-effect/NodeGuardedHttp"
import * as NodeServer from "mcp-effect/NodeServer"
import { Principal } from "mcp-effect/Principal"
import * as Scopes from "mcp-effect/Scopes"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import type * as Verifier from "mcp-effect/Verifier"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { Browser, hidden } from "./server/scene.ts"

export const Who = Tool.make("who", { output: Schema.String })
export const Write = Tool.make("write", { output: Schema.String })

const server = Server.make(
  { name: "protected", version: "1.0.0" },
  Tool.handle(Who, () => Effect.map(Principal, ({ client, subject }) => `${subject} with ${client}`)),
  Tool.handle(Write, () => Effect.as(Scopes.require("write"), "written"))
)

/** A port nobody listens on, for a server that has to know its own address beforehand. */
const freePort = Effect.callback<number>((resume) => {
  const probe = createServer()
  probe.listen(0, "127.0.0.1", () => {
    const { port } = probe.address() as AddressInfo
    probe.close(() => resume(Effect.succeed(port)))
  })
})

/** The URL of a server that is not there yet. */
export const future = Effect.map(freePort, (port) => `http://127.0.0.1:${port}/mcp`)

/** Listens on loopback, and takes tokens of this issuer. */
export const protectedBy = Effect.fnUntraced(function* <E, R>(
  issuer: string,
  verifier: Layer.Layer<Verifier.Verifier, E, R | HttpClient.HttpClient>,
  url?: string
) {
  const resource = url ?? (yield* future)
  yield* Layer.build(
    NodeServer.layer(server, {
      port: Number(new URL(resource).port),
      guard: Bearer.guard({ resource, authorizationServers: [issuer], scopes: ["read"] })
    }).pipe(Layer.provide(verifier), Layer.provide(FetchHttpClient.layer))
  )
  return resource
})

/** Through the pages of our own authorization server, agreeing to what they ask. */
export const agreeing = () => {
  const browser = new Browser()
  const go = (url: string | URL): Effect.Effect<void> =>
    Effect.flatMap(browser.get(url), ({ location, text }) => {
      if (location !== undefined) return go(location)
      const fields = hidden(text)
      return Object.keys(fields).length === 0
        ? Effect.void
        : Effect.flatMap(browser.post(url, { ...fields, decision: "approve" }), (answer) =>
            answer.location === undefined ? Effect.die(new Error(answer.text)) : go(answer.location)
          )
    })
  return go
}

/** What a client needs beside a store and a way to ask the user. */
export const needs = Layer.mergeAll(NodeHttpClient.layerUndici, NodeGuardedHttp.layer())
