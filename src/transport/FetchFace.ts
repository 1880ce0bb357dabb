/** The MCP endpoint as a web-standard function from a Request to a Response. */
import type { Head } from "../http/Exchange.ts"
import type { Body } from "./streamable/Door.ts"
import type { Site } from "./streamable/Site.ts"
import * as WebOut from "./streamable/WebOut.ts"

export type Handler = (request: Request) => Promise<Response>

/**
 * Answers at the site's paths; with a site of one route, wherever the application has put it. `queueBytes` is how much
 * may wait for a client that does not read.
 */
export const make =
  ({ routes }: Site, queueBytes: number): Handler =>
  (request) =>
    new Promise((resolve) => {
      const head = headOf(request)
      const path = head.url.split("?", 1)[0]
      const route = routes.length === 1 ? routes[0] : routes.find((candidate) => candidate.path === path)
      if (route === undefined) return resolve(new Response(null, { status: 404 }))
      const out = WebOut.make(queueBytes, (answer) => resolve(toResponse(answer)))
      request.signal.addEventListener("abort", out.gone, { once: true })
      route.handle({
        head,
        out,
        body: (limit, done) => void read(request, limit).then(done, out.gone)
      })
    })

/** A Request has no Host header of its own where the runtime has taken it into the URL. */
const headOf = (request: Request): Head => {
  const { host, pathname, search } = new URL(request.url)
  return {
    method: request.method,
    url: `${pathname}${search}`,
    header: (name) => request.headers.get(name) ?? (name === "host" ? host : undefined)
  }
}

const toResponse = (answer: Parameters<Parameters<typeof WebOut.make>[1]>[0]): Response =>
  "stream" in answer
    ? new Response(answer.stream, { status: answer.status, headers: answer.headers })
    : new Response(answer.body === "" ? null : answer.body, {
        status: answer.status,
        headers: answer.headers
      })

const read = async (request: Request, limit: number): Promise<Body> => {
  if (Number(request.headers.get("content-length") ?? 0) > limit) return "too large"
  const chunks: Array<Uint8Array> = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > limit) return "too large"
    chunks.push(chunk)
  }
  return text(chunks.length === 1 ? chunks[0]! : joined(chunks, size))
}

const joined = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Bytes as text, if they are UTF-8. */
export const text = (bytes: Uint8Array | ArrayBuffer): Body => {
  try {
    return { text: decoder.decode(bytes) }
  } catch {
    return "not UTF-8"
  }
}
