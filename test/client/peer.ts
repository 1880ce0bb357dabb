/**
 * A server that follows a script, for peers our own server never is: of another era, odd, or wrong. It says what
 * happened in named messages, and a test says in named answers what should happen.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { Transport, TransportError } from "../../src/client/Transport.ts"
import { Outbox } from "../../src/Connection.ts"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"

/** What a script may do while it answers one request. */
export interface Turn {
  readonly id: JsonRpc.Id
  readonly params: JsonRpc.Params
  /** Says something that belongs to this request. */
  readonly say: (message: JsonRpc.Notification | JsonRpc.Request) => Effect.Effect<void>
  /** Says something that belongs to nothing. */
  readonly announce: (message: JsonRpc.Message) => Effect.Effect<void>
  /** Waits for the client's response to a question with this id. */
  readonly reply: (id: JsonRpc.Id) => Effect.Effect<JsonRpc.Response>
  /** Breaks the connection. */
  readonly die: Effect.Effect<never, TransportError>
}

export type Script = {
  readonly [method: string]: (turn: Turn) => Effect.Effect<JsonRpc.Params | JsonRpc.Fault, TransportError>
}

export interface Peer {
  readonly transport: Layer.Layer<Transport>
  /** Everything the client said, in order; connections are numbered from 1. */
  readonly heard: Array<{ readonly connection: number; readonly message: JsonRpc.Message }>
  /** The same, as words: "1 server/discover", "1 response 7", "2 interrupted tools/call". */
  readonly words: () => ReadonlyArray<string>
  /** Requests of one method, as they came. */
  readonly requests: (method: string) => ReadonlyArray<JsonRpc.Request>
  /** Says something unprompted on the newest connection. */
  readonly announce: (message: JsonRpc.Message) => Effect.Effect<void>
  /** Breaks the newest connection while nothing is asked. */
  readonly hangUp: Effect.Effect<void>
  readonly opened: () => number
  /** How many connections the client has closed. */
  readonly closed: () => number
}

const isFault = (answer: JsonRpc.Params | JsonRpc.Fault): answer is JsonRpc.Fault =>
  typeof answer["code"] === "number" && typeof answer["message"] === "string"

const word = (message: JsonRpc.Message) =>
  JsonRpc.isResponse(message) ? `response ${message.id}` : message.method

/** A peer with this script. Methods that it lacks are unknown to the server. */
export const make = (script: Script, target = "scripted"): Peer => {
  const heard: Array<{ connection: number; message: JsonRpc.Message }> = []
  const words: Array<string> = []
  const replies = new Map<JsonRpc.Id, Queue.Queue<JsonRpc.Response>>()
  const inboxes: Array<Queue.Queue<JsonRpc.Message, TransportError>> = []
  const replyQueue = (id: JsonRpc.Id) => {
    const queue = replies.get(id) ?? Effect.runSync(Queue.unbounded<JsonRpc.Response>())
    replies.set(id, queue)
    return queue
  }
  const lost = new TransportError({ message: "the peer hung up" })
  const announce = (message: JsonRpc.Message) => Effect.suspend(() => Queue.offer(inboxes.at(-1)!, message))

  let closed = 0
  const open = Effect.gen(function* () {
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        closed++
      })
    )
    const inbox = yield* Queue.unbounded<JsonRpc.Message, TransportError>()
    inboxes.push(inbox)
    const connection = inboxes.length
    const send = (raw: JsonRpc.Message) =>
      Effect.gen(function* () {
        const message: JsonRpc.Message = JSON.parse(JSON.stringify(raw))
        heard.push({ connection, message })
        words.push(`${connection} ${word(message)}`)
        if (JsonRpc.isResponse(message)) {
          yield* Queue.offer(replyQueue(message.id!), message)
          return undefined
        }
        if (!JsonRpc.isRequest(message)) return undefined
        const outbox = yield* Outbox
        const act = Object.hasOwn(script, message.method) ? script[message.method] : undefined
        if (act === undefined) {
          return JsonRpc.failure(message.id, { code: -32601, message: `Method not found: ${message.method}` })
        }
        const answer = yield* act({
          id: message.id,
          params: message.params ?? {},
          say: outbox.say,
          announce: (said) => Effect.asVoid(Queue.offer(inbox, said)),
          reply: (id) => Queue.take(replyQueue(id)),
          die: Effect.andThen(Queue.fail(inbox, lost), Effect.fail(lost))
        })
        return isFault(answer) ? JsonRpc.failure(message.id, answer) : JsonRpc.success(message.id, answer)
      }).pipe(
        Effect.onInterrupt(() => Effect.sync(() => words.push(`${connection} interrupted ${word(raw)}`)))
      )
    return { send, inbox: Stream.fromQueue(inbox) }
  })

  return {
    transport: Layer.succeed(Transport, { target, open }),
    heard,
    words: () => words,
    requests: (method) =>
      heard.flatMap(({ message }) =>
        JsonRpc.isRequest(message) && message.method === method ? [message] : []
      ),
    announce: (message) => Effect.asVoid(announce(message)),
    hangUp: Effect.suspend(() => Effect.asVoid(Queue.fail(inboxes.at(-1)!, lost))),
    opened: () => inboxes.length,
    closed: () => closed
  }
}

/** An answer that does not depend on anything. */
export const always = (answer: JsonRpc.Params | JsonRpc.Fault) => () => Effect.succeed(answer)

/** `server/discover` of a modern server. */
export const discover = (result: JsonRpc.Params = {}): Script => ({
  "server/discover": always({
    resultType: "complete",
    supportedVersions: ["2026-07-28"],
    capabilities: { tools: {} },
    ttlMs: 0,
    cacheScope: "private",
    _meta: { "io.modelcontextprotocol/serverInfo": { name: "modern", version: "1" } },
    ...result
  })
})

/** `initialize` of a server of the handshake era. */
export const initialize = (version = "2025-11-25", capabilities: JsonRpc.Params = { tools: {} }): Script => ({
  initialize: always({ protocolVersion: version, capabilities, serverInfo: { name: "legacy", version: "1" } })
})
