/**
 * An HTTP server on loopback that follows a script: one entry for each JSON-RPC method, and for `GET`, `DELETE`,
 * `response`. It keeps everything it heard, and lets a test wait for what it is to hear.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"

/** The HttpClient of these tests. */
export const client = NodeHttpClient.layerUndici

export interface Stream {
  /** Sends a message as an event. */
  readonly send: (message: unknown, id?: string) => void
  /** Sends these characters. */
  readonly raw: (text: string) => void
  /** Ends the stream in peace. */
  readonly end: () => void
  /** Cuts the connection. */
  readonly cut: () => void
}

/** One request, and the ways to answer it. */
export interface Exchange {
  /** The JSON-RPC method, `response`, or the HTTP method of a request without a body. */
  readonly word: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly message: Partial<JsonRpc.Request> & { readonly result?: unknown }
  readonly json: (body: unknown, status?: number, headers?: { readonly [name: string]: string }) => void
  /** Answers the request with this result. */
  readonly result: (result: JsonRpc.Params, headers?: { readonly [name: string]: string }) => void
  readonly error: (code: number, message: string, status?: number, data?: unknown) => void
  readonly text: (status: number, body: string, headers?: { readonly [name: string]: string }) => void
  readonly events: (headers?: { readonly [name: string]: string }) => Stream
  /** Sends the beginning of a body, and closes the socket. */
  readonly half: (body: string, headers: { readonly [name: string]: string }) => void
  /** Closes the socket without an answer. */
  readonly reset: () => void
  /** Whether the client has let go of it. */
  readonly dropped: Promise<void>
}

export type Script = { readonly [word: string]: (exchange: Exchange) => void }

export interface Peer {
  readonly origin: string
  readonly url: string
  readonly heard: ReadonlyArray<Exchange>
  readonly words: () => ReadonlyArray<string>
  /** Waits until so many requests with this word have been heard, and gives the last of them. */
  readonly until: (word: string, count?: number) => Effect.Effect<Exchange>
  /** Changes what is answered from now on. */
  readonly become: (script: Script) => void
  readonly sockets: () => number
}

const notFound = (exchange: Exchange) => exchange.text(404, "Not here")
const accepted = (exchange: Exchange) => exchange.text(202, "")
const usual: Script = {
  response: accepted,
  "notifications/initialized": accepted,
  "notifications/cancelled": accepted,
  GET: (exchange) => exchange.text(405, "No stream"),
  DELETE: (exchange) => exchange.text(200, "")
}

export const serve = (first: Script, path = "/mcp"): Effect.Effect<Peer, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() => start(first, path)),
      ({ close }) => Effect.promise(close)
    ),
    ({ peer }) => peer
  )

const start = async (first: Script, path: string) => {
  let script = first
  const heard: Array<Exchange> = []
  const waiting = new Set<() => void>()
  const sockets = new Set<Socket>()
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString()
      const exchange = make(request.method!, request.url!, request.headers, body, response)
      heard.push(exchange)
      const act = script[exchange.word] ?? usual[exchange.word] ?? notFound
      act(exchange)
      for (const look of waiting) look()
    })
  })
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const peer: Peer = {
    origin,
    url: `${origin}${path}`,
    heard,
    words: () => heard.map(({ word }) => word),
    until: (word, count = 1) =>
      Effect.callback((resume) => {
        const look = () => {
          const found = heard.filter((exchange) => exchange.word === word)
          if (found.length >= count) resume(Effect.succeed(found[count - 1]!))
        }
        waiting.add(look)
        look()
        return Effect.sync(() => void waiting.delete(look))
      }),
    become: (next) => {
      script = next
    },
    sockets: () => sockets.size
  }
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { peer, close }
}

const make = (
  method: string,
  path: string,
  headers: IncomingHttpHeaders,
  body: string,
  response: ServerResponse
): Exchange => {
  const message = body === "" ? {} : (JSON.parse(body) as Exchange["message"])
  const text: Exchange["text"] = (status, said, more = {}) => {
    const length = "transfer-encoding" in more ? {} : { "content-length": Buffer.byteLength(said) }
    response.writeHead(status, { ...length, ...more })
    response.end(said)
  }
  const json: Exchange["json"] = (value, status = 200, more = {}) =>
    text(status, JSON.stringify(value), { "content-type": "application/json", ...more })
  return {
    word: message.method ?? ("result" in message || "error" in message ? "response" : method),
    path,
    headers,
    message,
    text,
    json,
    result: (result, more) => json({ jsonrpc: "2.0", id: message.id, result }, 200, more),
    error: (code, said, status = 400, data) =>
      json({ jsonrpc: "2.0", id: message.id, error: { code, message: said, data } }, status),
    events: (more = {}) => {
      response.writeHead(200, { "content-type": "text/event-stream", ...more })
      response.flushHeaders()
      return {
        send: (said, id) =>
          response.write(`${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(said)}\n\n`),
        raw: (characters) => response.write(characters),
        end: () => response.end(),
        cut: () => response.destroy()
      }
    },
    half: (said, more) => {
      response.writeHead(200, { "content-length": said.length * 2, ...more })
      response.write(said, () => response.destroy())
    },
    reset: () => response.destroy(),
    dropped: new Promise((resolve) => response.on("close", () => resolve()))
  }
}

/** `server/discover` of a modern server. */
export const discover = (more: JsonRpc.Params = {}): Script => ({
  "server/discover": (exchange) =>
    exchange.result({
      resultType: "complete",
      supportedVersions: ["2026-07-28"],
      capabilities: { tools: {} },
      ttlMs: 0,
      cacheScope: "private",
      _meta: { "io.modelcontextprotocol/serverInfo": { name: "modern", version: "1" } },
      ...more
    })
})

/** `initialize` of a server of the handshake era, which refuses to be probed. */
export const initialize = (session?: string, version = "2025-11-25"): Script => ({
  "server/discover": (exchange) => exchange.text(400, "Bad Request: no session"),
  initialize: (exchange) =>
    exchange.result(
      {
        protocolVersion: version,
        capabilities: { tools: {}, logging: {} },
        serverInfo: { name: "legacy", version: "1" }
      },
      session === undefined ? {} : { "mcp-session-id": session }
    )
})

/** The response to what was asked. */
export const response = ({ message }: Exchange, result: object) => ({
  jsonrpc: "2.0",
  id: message.id,
  result
})

/** How often something was heard. */
export const count = (peer: Peer, word: string) => peer.words().filter((heard) => heard === word).length

/** Lets the time of the test pass while real sockets do their work. */
export const passing = Effect.forkScoped(
  Effect.forever(
    Effect.andThen(
      TestClock.adjust(10),
      Effect.promise(() => new Promise((resolve) => void setImmediate(resolve)))
    )
  )
)

/** The `_meta` of what was asked. */
export const metaOf = ({ message }: Exchange): JsonRpc.Params =>
  (message.params?.["_meta"] ?? {}) as JsonRpc.Params
