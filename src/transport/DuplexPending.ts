/** The requests of one connection that wait for their response, and what the peer tells about them meanwhile. */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { TransportError } from "../client/Transport.ts"
import type { Outbox } from "../Connection.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"

type Fork = <A>(effect: Effect.Effect<A>) => Fiber.Fiber<A>

type Resume = (outcome: Effect.Effect<JsonRpc.Response, TransportError>) => void

interface Entry {
  readonly outbox: Outbox["Service"]
  readonly resume: Resume
  readonly token: JsonRpc.Id | undefined
  /** The outbox is still busy with a message; what comes meanwhile waits, so that the order stays. */
  telling: Fiber.Fiber<void> | undefined
  readonly backlog: Array<JsonRpc.Notification>
  response: JsonRpc.Response | undefined
}

export class Pending {
  unmatched = 0
  dropped = 0
  private readonly fork: Fork
  private readonly backlogLimit: number
  private readonly entries = new Map<JsonRpc.Id, Entry>()
  private readonly tokens = new Map<JsonRpc.Id, Entry>()

  /** `backlogLimit` is how many notifications wait for one slow listener before the oldest is dropped. */
  constructor(fork: Fork, backlogLimit: number) {
    this.fork = fork
    this.backlogLimit = backlogLimit
  }

  /** Registers a request; tells whether its id was free. */
  add(request: JsonRpc.Request, outbox: Outbox["Service"], resume: Resume): boolean {
    if (this.entries.has(request.id)) return false
    const token = idAt(request.params, "progressToken")
    const entry: Entry = { outbox, resume, token, telling: undefined, backlog: [], response: undefined }
    this.entries.set(request.id, entry)
    if (token !== undefined) this.tokens.set(token, entry)
    return true
  }

  /** The request was abandoned: whatever still comes for it is late. */
  forget(id: JsonRpc.Id): void {
    const entry = this.remove(id)
    entry?.telling?.interruptUnsafe()
  }

  /** Answers the request, after everything that was said before its response has been told. */
  settle(response: JsonRpc.Response): void {
    const entry = response.id === undefined ? undefined : this.entries.get(response.id)
    if (entry === undefined || entry.response !== undefined) {
      this.unmatched++
      return
    }
    entry.response = response
    if (entry.telling === undefined) this.finish(response, entry)
  }

  /** Tells a notification to the request it belongs to, if there is one. */
  tell(message: JsonRpc.Notification): boolean {
    const entry = this.owner(message)
    if (entry === undefined) return false
    if (entry.telling === undefined) this.say(entry, message)
    else {
      if (entry.backlog.length === this.backlogLimit) {
        entry.backlog.shift()
        this.dropped++
      }
      entry.backlog.push(message)
    }
    return true
  }

  failAll(reason: TransportError): void {
    for (const [id, entry] of this.entries) {
      this.remove(id)
      entry.telling?.interruptUnsafe()
      entry.resume(Effect.fail(reason))
    }
  }

  private owner({ method, params }: JsonRpc.Notification): Entry | undefined {
    if (method === "notifications/progress") {
      const token =
        params !== undefined && Object.hasOwn(params, "progressToken") ? params["progressToken"] : undefined
      return JsonRpc.isId(token) ? this.tokens.get(token) : undefined
    }
    const subscription = idAt(params, "io.modelcontextprotocol/subscriptionId")
    return subscription === undefined ? undefined : this.entries.get(subscription)
  }

  private say(entry: Entry, message: JsonRpc.Notification): void {
    const fiber = this.fork(entry.outbox.say(message))
    if (fiber.pollUnsafe() !== undefined) return
    entry.telling = fiber
    fiber.addObserver(() => {
      entry.telling = undefined
      while (entry.telling === undefined) {
        const next = entry.backlog.shift()
        if (next === undefined) break
        this.say(entry, next)
      }
      if (entry.telling === undefined && entry.response !== undefined) this.finish(entry.response, entry)
    })
  }

  private finish(response: JsonRpc.Response, entry: Entry): void {
    if (response.id !== undefined && this.entries.get(response.id) === entry) this.remove(response.id)
    entry.resume(Effect.succeed(response))
  }

  private remove(id: JsonRpc.Id): Entry | undefined {
    const entry = this.entries.get(id)
    this.entries.delete(id)
    if (entry?.token !== undefined && this.tokens.get(entry.token) === entry) this.tokens.delete(entry.token)
    return entry
  }
}

/** An id in `_meta`. */
const idAt = (params: JsonRpc.Params | undefined, key: string): JsonRpc.Id | undefined => {
  const meta = params !== undefined && Object.hasOwn(params, "_meta") ? params["_meta"] : undefined
  const id = JsonRpc.isObject(meta) && Object.hasOwn(meta, key) ? meta[key] : undefined
  return JsonRpc.isId(id) ? id : undefined
}
