/**
 * The one edge where the outcome of a handler becomes a response. An `McpError` is answered as it is. Anything else
 * that went wrong is logged with its cause under a fresh reference, and the peer is told the reference and no more.
 * Nothing is said about a request after its response.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import { Outbox } from "../Connection.ts"
import { Refused } from "../http/InsufficientScope.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Kept from "../protocol/Kept.ts"
import * as McpError from "../protocol/McpError.ts"
import * as PeerText from "../protocol/PeerText.ts"
import * as Forbidden from "./Forbidden.ts"
import type { Result } from "./Part.ts"
import * as Tracing from "./Tracing.ts"

type Said = JsonRpc.Notification | JsonRpc.Request

/** An outbox that can be closed. What is said afterwards is dropped: its request is over. */
export class Outgoing {
  closed = false
  private readonly outer: Outbox["Service"]
  private readonly translate: (message: Said) => Said | undefined

  constructor(outer: Outbox["Service"], translate: (message: Said) => Said | undefined = notifications) {
    this.outer = outer
    this.translate = translate
  }

  readonly say = (message: Said): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (this.closed) return Effect.void
      const translated = this.translate(message)
      return translated === undefined ? Effect.void : this.outer.say(translated)
    })
}

/** A server of the stateless era asks nothing. */
const notifications = (message: Said): Said | undefined => (JsonRpc.isRequest(message) ? undefined : message)

/** How the words of the newest revision are told to a peer of another one. */
export interface Words {
  readonly result: (method: string, result: Result) => Result
  readonly fault: (method: string, fault: JsonRpc.Fault) => JsonRpc.Fault
}

/** The peer speaks the newest revision, too. Codes that only older ones have, or that nobody has, must not reach it. */
export const newest: Words = {
  result: (_, result) => result,
  fault: (_, fault) => {
    const code = retired.get(fault.code) ?? fault.code
    if (McpError.isForbidden(code)) {
      throw new Error(`The code ${code} is the protocol's, which gives it no meaning: ${fault.message}`)
    }
    return code === fault.code ? fault : { ...fault, code }
  }
}

const retired: ReadonlyMap<number, number> = new Map([
  [McpError.code.ResourceNotFound, McpError.code.InvalidParams],
  [McpError.code.UrlElicitationRequired, McpError.code.InvalidRequest]
])

/** Answers a request. Interrupting it gives no response at all, and what it still says is dropped. */
export const answer = <R>(
  request: JsonRpc.Request,
  outbox: Outgoing,
  words: Words,
  handled: Effect.Effect<Result, McpError.McpError, R | Outbox>
): Effect.Effect<JsonRpc.Response, never, Exclude<R, Outbox>> =>
  Effect.matchCauseEffect(Effect.provideService(Tracing.continued(request, handled), Outbox, outbox), {
    onSuccess: (result) => {
      outbox.closed = true
      return translated(request, () =>
        JsonRpc.success(request.id, Kept.translate(words.result, request.method, result))
      )
    },
    onFailure: (cause) => {
      outbox.closed = true
      const error = expected(cause)
      if (error === undefined) return unexpected(request, cause)
      const failed = translated(request, () =>
        JsonRpc.failure(request.id, words.fault(request.method, error.fault))
      )
      const needed = Forbidden.reason(error)
      return needed === undefined
        ? failed
        : Effect.flatMap(Refused, (refused) => {
            const told = Effect.sync(() => refused(needed))
            return Effect.catchDefect(Effect.andThen(told, failed), (defect) =>
              unexpected(request, Cause.die(defect))
            )
          })
    }
  })

/** A translation that throws is a defect like any other. */
const translated = (
  request: JsonRpc.Request,
  make: () => JsonRpc.Response
): Effect.Effect<JsonRpc.Response> => {
  try {
    return Exit.succeed(make())
  } catch (defect) {
    return unexpected(request, Cause.die(defect))
  }
}

/** The protocol error of a failed handler, if that is all there is to its failure. */
const expected = (cause: Cause.Cause<McpError.McpError>): McpError.McpError | undefined => {
  let error: McpError.McpError | undefined
  for (const reason of cause.reasons) {
    if (reason._tag === "Die") return undefined
    if (reason._tag === "Fail") error ??= reason.error
  }
  return error
}

/** A program that is not compiled before it runs finds out here what its compiler would have said. */
const advice = (cause: Cause.Cause<unknown>): ReadonlyArray<string> => {
  const defect = Cause.squash(cause)
  return defect instanceof Error && defect.message.startsWith("Service not found: ")
    ? ["for want of a service: give its layer where the server is served; mcp run takes the export services"]
    : []
}

/** Logs what must not cross the wire under a reference that may. */
const unexpected = (request: JsonRpc.Request, cause: Cause.Cause<unknown>): Effect.Effect<JsonRpc.Response> =>
  Effect.flatMap(Random.next, (random) => {
    const reference = random.toString(36).slice(2, 12)
    const method = PeerText.line(request.method)
    return Effect.logError(`${method} failed`, ...advice(cause), cause).pipe(
      Effect.annotateLogs({ reference, method, id: PeerText.line(String(request.id)) }),
      Effect.as(JsonRpc.failure(request.id, McpError.internal(reference).fault))
    )
  })
