/**
 * The MCP endpoint on `node:http` itself: nothing between the socket and the binding. One write for a whole answer,
 * one write per turn for a stream.
 */
import * as Effect from "effect/Effect"
import { isUtf8 } from "node:buffer"
import type { IncomingMessage, ServerResponse } from "node:http"
import * as Authorization from "../http/Authorization.ts"
import type { Head, Reply } from "../http/Exchange.ts"
import type { Body, Incoming } from "./streamable/Door.ts"
import * as Hosts from "./streamable/Hosts.ts"
import type { Out, Sink } from "./streamable/Out.ts"

/** Reads a request as the binding sees it. `queueBytes` is how much may wait for a client that does not read. */
export const incoming = (
  request: IncomingMessage,
  response: ServerResponse,
  queueBytes: number
): Incoming => ({
  head: headOf(request),
  out: new NodeOut(request, response, queueBytes),
  body: (limit, done) => read(request, limit, done)
})

export const headOf = (request: IncomingMessage): Head => {
  const { headers } = request
  return {
    method: request.method ?? "",
    url: request.url ?? "",
    header: (name) => {
      const value = headers[name]
      if (typeof value !== "string") return value?.join(", ")
      if (name === "authorization") return Authorization.of(request, value)
      return name === "host" && Hosts.several(request.rawHeaders) ? undefined : value
    }
  }
}

const read = (request: IncomingMessage, limit: number, done: (body: Body) => void): void => {
  if (Number(request.headers["content-length"] ?? 0) > limit) return done("too large")
  const chunks: Array<Buffer> = []
  let size = 0
  const take = (chunk: Buffer) => {
    size += chunk.length
    if (size > limit) {
      request.off("data", take)
      request.off("end", finish)
      return done("too large")
    }
    chunks.push(chunk)
  }
  const finish = () => {
    const whole = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)
    done(isUtf8(whole) ? { text: whole.toString("utf8") } : "not UTF-8")
  }
  request.on("data", take)
  request.on("end", finish)
}

/**
 * What a handler says goes through this, so it is within the reach of handlers. Request and response are not: one holds
 * the credentials of the caller, the other leads to it.
 */
class NodeOut implements Out {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  private readonly queueBytes: number

  constructor(request: IncomingMessage, response: ServerResponse, queueBytes: number) {
    this.#request = request
    this.#response = response
    this.queueBytes = queueBytes
  }

  reply(reply: Reply): void {
    // A body that is not wanted is not waited for either.
    if (!this.#request.complete && !isEmpty(this.#request)) this.#response.shouldKeepAlive = false
    send(this.#response, reply)
  }

  open(status: number, headers: Reply["headers"]): Sink {
    this.#response.writeHead(status, headers)
    return sinkOf(this.#response, this.queueBytes)
  }

  onGone(listener: () => void): void {
    const response = this.#response
    if (response.closed || response.destroyed) return listener()
    response.once("close", () => {
      if (!response.writableFinished) listener()
    })
  }
}

const isEmpty = ({ headers, method }: IncomingMessage) =>
  headers["transfer-encoding"] === undefined &&
  (headers["content-length"] === undefined ? method !== "POST" : headers["content-length"] === "0")

/** Writes a whole answer. Headers go as a flat list, which Node writes as it is. */
export const send = (response: ServerResponse, { body, headers, status }: Reply): void => {
  const fields: Array<string | number> = []
  for (const name in headers) fields.push(name, headers[name]!)
  if (body !== "" || (status !== 204 && status !== 304)) {
    fields.push("content-length", Buffer.byteLength(body))
  }
  response.writeHead(status, fields)
  response.end(body)
}

const sinkOf = (response: ServerResponse, queueBytes: number): Sink => {
  let pending = ""
  let scheduled = false
  let over = false
  const waiting = new Set<() => void>()
  const leave = () => {
    scheduled = false
    if (pending === "" || over) return
    const text = pending
    pending = ""
    response.write(text)
  }
  const wake = () => {
    const awakened = [...waiting]
    waiting.clear()
    for (const resume of awakened) resume()
  }
  const full = () => !over && response.writableLength + pending.length >= queueBytes
  response.on("drain", wake)
  response.once("close", () => {
    over = true
    wake()
  })
  response.flushHeaders()
  return {
    write: (text) => {
      if (over) return
      pending += text
      if (scheduled) return
      scheduled = true
      queueMicrotask(leave)
    },
    full,
    room: Effect.callback<void>((resume) => {
      leave()
      if (!full()) return resume(Effect.void)
      const awake = () => resume(Effect.void)
      waiting.add(awake)
      return Effect.sync(() => void waiting.delete(awake))
    }),
    end: () => {
      if (over) return
      over = true
      response.end(pending)
      pending = ""
      wake()
    },
    cut: () => {
      over = true
      response.destroy()
      wake()
    }
  }
}
