/**
 * From a request to its result. Speaks the newest revision only; sessions and older revisions are the business of
 * what stands around it.
 */
import * as Effect from "effect/Effect"
import * as McpError from "../protocol/McpError.ts"
import * as Revisions from "../protocol/Revisions.ts"
import { discharge } from "./Discharge.ts"
import type { CurrentServer } from "./Invocation.ts"
import type { Handle, Result, Service } from "./Part.ts"
import * as Replay from "./Replay.ts"

/** The three methods in whose middle a client may be asked. */
const mayAsk: ReadonlySet<string> = new Set(["tools/call", "prompts/get", "resources/read"])

/** Finds the handler of a request, gives it what it may use while it runs, and completes its result. */
export const make =
  <R>(
    handlerOf: (method: string) => Handle<R> | undefined,
    stamp: (result: Result) => Result,
    server: CurrentServer["Service"]
  ): Service<R> =>
  (request) =>
    // Suspended, so that a part that throws fails its own request and nothing else.
    Effect.suspend(() => {
      const handle = handlerOf(request.method)
      if (handle === undefined) return Effect.fail(McpError.methodNotFound(request.method))
      const asks = mayAsk.has(request.method)
      const answer =
        asks && request.ask === undefined ? Replay.run(request, handle, server.info.name) : handle(request)
      return Effect.map(discharge<R>(answer, request, server), (result) =>
        stamp(asks ? result : final(request.method, result))
      )
    })

/** Of the methods of the protocol no other may ask. Those of extensions have rules of their own. */
const final = (method: string, result: Result): Result => {
  if (result["resultType"] === "input_required" && Revisions.newest.fromClient.requests.has(method)) {
    throw new Error(`${method}: only ${[...mayAsk].join(", ")} may be answered with questions`)
  }
  return result
}
