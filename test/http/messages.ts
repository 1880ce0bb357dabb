/** What clients of both eras send, and what they read. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Answered, Asked, Peer, Streaming } from "./faces.ts"

interface Params {
  readonly [key: string]: unknown
}

const both = { "content-type": "application/json", accept: "application/json, text/event-stream" }

const newest = "2026-07-28"

/** What every request of 2026-07-28 says about itself. */
export const explained = (meta: Params = {}, version = newest): Params => ({
  "io.modelcontextprotocol/protocolVersion": version,
  "io.modelcontextprotocol/clientCapabilities": { elicitation: {} },
  ...meta
})

interface ModernOptions {
  readonly meta?: Params
  readonly headers?: { readonly [name: string]: string }
  readonly id?: number | string
  readonly path?: string
}

/** A request of 2026-07-28, with the headers it must have. */
export const modern = (
  method: string,
  params: Params = {},
  { headers = {}, id = 1, meta = {}, path = "/mcp" }: ModernOptions = {}
): Asked => {
  const name = params["name"] ?? params["uri"]
  return {
    method: "POST",
    path,
    headers: {
      ...both,
      "mcp-protocol-version": newest,
      "mcp-method": method,
      ...(typeof name === "string" && { "mcp-name": name }),
      ...headers
    },
    body: JSON.stringify({ jsonrpc: "2.0", id, method, params: { ...params, _meta: explained(meta) } })
  }
}

/** A message of a session. */
export const legacy = (
  message: unknown,
  headers: { readonly [name: string]: string } = {},
  path = "/mcp"
): Asked => ({
  method: "POST",
  path,
  headers: { ...both, ...headers },
  body: JSON.stringify(message)
})

export const request = (id: number | string, method: string, params: Params = {}) => ({
  jsonrpc: "2.0",
  id,
  method,
  params
})
export const notification = (method: string, params: Params = {}) => ({ jsonrpc: "2.0", method, params })
export const call = (id: number | string, name: string, args: Params = {}, meta: Params = {}) =>
  request(id, "tools/call", { name, arguments: args, _meta: meta })

export const initialize = (version: string, capabilities: Params = {}) =>
  request(0, "initialize", {
    protocolVersion: version,
    capabilities,
    clientInfo: { name: "test", version: "1.0.0" }
  })

/** The headers that name a session. */
export type SessionHeaders = { readonly "mcp-session-id": string; readonly "mcp-protocol-version": string }

/** Begins a session, as clients do. */
export const open = Effect.fnUntraced(function* (
  peer: Peer,
  version = "2025-11-25",
  capabilities: Params = { elicitation: {} },
  headers: { readonly [name: string]: string } = {}
) {
  const answer = yield* peer.ask(legacy(initialize(version, capabilities), headers))
  assert.strictEqual(answer.status, 200, answer.text)
  const named: SessionHeaders = {
    "mcp-session-id": answer.headers["mcp-session-id"]!,
    "mcp-protocol-version": version
  }
  const { status } = yield* peer.ask(
    legacy(notification("notifications/initialized"), { ...headers, ...named })
  )
  assert.strictEqual(status, 202)
  return named
})

// What the wire says is what the tests look at.
// oxlint-disable-next-line typescript/no-explicit-any
export const json = ({ text }: Answered): any => JSON.parse(text)

/** The next message of a stream; comments and events without data are passed over. */
export const message = Effect.fnUntraced(function* (stream: Streaming) {
  for (;;) {
    const event = yield* Effect.promise(stream.next)
    if (event === undefined) return undefined
    const data = /^data: (.+)$/m.exec(event)?.[1]
    const id = /^id: (.+)$/m.exec(event)?.[1]
    if (data !== undefined) return { ...(JSON.parse(data) as Params), eventId: id } as Said
  }
})

export interface Said {
  readonly eventId: string | undefined
  readonly id?: number | string
  readonly method?: string
  readonly params?: Params
  readonly result?: Params
  readonly error?: { readonly code: number; readonly message: string }
}
