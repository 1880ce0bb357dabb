/** Real HTTP servers on this machine that write down what they are asked. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createServer } from "node:http"
import type { IncomingMessage, Server } from "node:http"
import type { AddressInfo } from "node:net"

export interface Received {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage["headers"]
  readonly body: string
  /** The body as a form. */
  readonly form: URLSearchParams
}

export interface Sent {
  readonly status?: number
  readonly headers?: { readonly [name: string]: string | ReadonlyArray<string> }
  /** Text as it is; anything else as JSON. */
  readonly body?: unknown
}

export interface Running {
  /** Origin, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** All that was asked, the oldest first. */
  readonly requests: Array<Received>
  /** Paths that were asked, the oldest first. */
  readonly paths: () => ReadonlyArray<string>
}

export type Answering = (request: Received) => Sent | undefined | Promise<Sent | undefined>

/** A server on 127.0.0.1 until the scope closes. `undefined` leaves a request without an answer. */
export const serve = (answer: Answering, host = "127.0.0.1"): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.gen(function* () {
    const requests: Array<Received> = []
    const server = createServer((incoming, outgoing) => {
      const chunks: Array<Buffer> = []
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
      incoming.on("end", async () => {
        const url = new URL(incoming.url ?? "/", "http://server")
        const body = Buffer.concat(chunks).toString("utf8")
        const request: Received = {
          method: incoming.method ?? "",
          path: url.pathname,
          query: url.searchParams,
          headers: incoming.headers,
          body,
          form: new URLSearchParams(body)
        }
        requests.push(request)
        const sent = await answer(request)
        if (sent === undefined) return
        const json = typeof sent.body !== "string" && sent.body !== undefined
        outgoing.writeHead(sent.status ?? 200, {
          ...(json && { "content-type": "application/json" }),
          ...(sent.headers as Record<string, string>)
        })
        outgoing.end(json ? JSON.stringify(sent.body) : sent.body)
      })
    })
    yield* Effect.acquireRelease(listen(server, host), () => close(server))
    const { port } = server.address() as AddressInfo
    return {
      url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
      port,
      requests,
      paths: () => requests.map(({ path }) => path)
    }
  })

const listen = (server: Server, host: string) =>
  Effect.callback<void>((resume) => {
    server.listen(0, host, () => resume(Effect.void))
  })

const close = (server: Server) =>
  Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })
