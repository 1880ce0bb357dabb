/** One server behind each face, and HTTP as bytes see it: nothing of ours between the test and the answer. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as NodeServer from "mcp-effect/NodeServer"
import type * as Server from "mcp-effect/Server"
import * as StreamableServer from "mcp-effect/StreamableServer"
import { createServer, request as nodeRequest } from "node:http"

export interface Asked {
  readonly method?: string
  readonly path?: string
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string | Uint8Array
}

export interface Answered {
  readonly status: number
  readonly headers: { readonly [name: string]: string | undefined }
  readonly text: string
}

/** An answer whose body is still on its way. */
export interface Streaming {
  readonly status: number
  readonly headers: { readonly [name: string]: string | undefined }
  /** The next server-sent event, its lines joined by newlines; `undefined` when the stream has ended. */
  readonly next: () => Promise<string | undefined>
  /** Goes away without waiting for the end. */
  readonly close: () => void
}

export interface Peer {
  readonly origin: string
  readonly ask: (asked: Asked) => Effect.Effect<Answered>
  readonly stream: (asked: Asked) => Effect.Effect<Streaming>
}

type Options = StreamableServer.Options<never, never>
type Open = (server: Server.Server, options?: Options) => Effect.Effect<Peer, never, Scope.Scope>

const node: Open = (server, options) =>
  Effect.map(Effect.orDie(NodeServer.listen(server, { ...options, port: 0 })), ({ port }) =>
    overSockets(port)
  )

const router: Open = (server, options) =>
  Effect.gen(function* () {
    const routes = StreamableServer.layer(server, options)
    const app = StreamableServer.graceful(
      HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })
    )
    const http = NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })
    const context = yield* Effect.orDie(Layer.build(Layer.provideMerge(app, http)))
    const { address } = yield* Effect.provideContext(HttpServer.HttpServer, context)
    return overSockets((address as { readonly port: number }).port)
  })

const fetch: Open = (server, options) =>
  Effect.map(StreamableServer.handler(server, options), (handler) => overFunction(handler))

/** Every way a server can be put on HTTP. */
export const faces: ReadonlyArray<readonly [name: string, open: Open]> = [
  ["node", node],
  ["router", router],
  ["fetch", fetch]
]

const begin = (port: number, { body, headers = {}, method = "GET", path = "/mcp" }: Asked) =>
  new Promise<{
    readonly head: Omit<Answered, "text">
    readonly chunks: AsyncIterable<Buffer>
    close: () => void
  }>((resolve, reject) => {
    const request = nodeRequest({ host: "127.0.0.1", port, method, path, headers, agent: false })
    request.on("error", reject)
    request.on("response", (response) =>
      resolve({
        head: { status: response.statusCode!, headers: response.headers as Answered["headers"] },
        chunks: response,
        close: () => request.destroy()
      })
    )
    request.end(body)
  })

export const overSockets = (port: number): Peer => ({
  origin: `http://127.0.0.1:${port}`,
  ask: (asked) =>
    Effect.promise(async () => {
      const { chunks, head } = await begin(port, asked)
      const parts: Array<Buffer> = []
      for await (const chunk of chunks) parts.push(chunk)
      return { ...head, text: Buffer.concat(parts).toString() }
    }),
  stream: (asked) =>
    Effect.promise(async () => {
      const { chunks, close, head } = await begin(port, asked)
      return { ...head, next: events(chunks), close }
    })
})

export const overFunction = (handler: (request: Request) => Promise<Response>): Peer => {
  const origin = "http://localhost:3000"
  const call = ({ body, headers = {}, method = "GET", path = "/mcp" }: Asked, signal?: AbortSignal) =>
    handler(
      new Request(`${origin}${path}`, {
        method,
        headers: new Headers(headers),
        ...(body !== undefined && { body: body as BodyInit }),
        ...(signal !== undefined && { signal })
      })
    )
  const head = (response: Response) => ({
    status: response.status,
    headers: Object.fromEntries(response.headers) as Answered["headers"]
  })
  return {
    origin,
    ask: (asked) =>
      Effect.promise(async () => {
        const response = await call(asked)
        return { ...head(response), text: await response.text() }
      }),
    stream: (asked) =>
      Effect.promise(async () => {
        const abort = new AbortController()
        const response = await call(asked, abort.signal)
        const reader = response.body!.getReader()
        const close = () => {
          abort.abort()
          void reader.cancel()
        }
        return { ...head(response), next: events(read(reader)), close }
      })
  }
}

async function* read(reader: ReadableStreamDefaultReader<Uint8Array>) {
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}

const events = (chunks: AsyncIterable<Uint8Array>) => {
  const decoder = new TextDecoder()
  const iterator = chunks[Symbol.asyncIterator]()
  let text = ""
  return async (): Promise<string | undefined> => {
    for (;;) {
      const end = text.indexOf("\n\n")
      if (end !== -1) {
        const event = text.slice(0, end)
        text = text.slice(end + 2)
        return event
      }
      const { done, value } = await iterator.next().catch(() => ({ done: true as const, value: undefined }))
      if (done === true) return undefined
      text += decoder.decode(value, { stream: true })
    }
  }
}
