/**
 * Batches of JSON-RPC, which only 2025-03-26 has: an array in, an array of the responses out.
 *
 * @see https://modelcontextprotocol.io/specification/2025-03-26/basic#batching
 */
import * as Effect from "effect/Effect"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import type { Limits } from "../transport/Limits.ts"

type Answer<R> = Effect.Effect<JsonRpc.Response | undefined, never, R>

/** Answers every message of a batch by itself; succeeds with `undefined` if none of them calls for a response. */
export const accept = <R>(
  items: ReadonlyArray<unknown>,
  limits: Pick<Limits, "batchItems" | "batchConcurrency">,
  one: (item: unknown) => Answer<R>
): Effect.Effect<JsonRpc.Response | ReadonlyArray<JsonRpc.Response> | undefined, never, R> => {
  if (items.length === 0) return refuse("a batch needs at least one message")
  if (items.length > limits.batchItems)
    return refuse(`a batch may have at most ${limits.batchItems} messages`)
  const answers = Effect.forEach(items, (item) => (isHandshake(item) ? notHere(item) : one(item)), {
    concurrency: limits.batchConcurrency
  })
  return Effect.map(answers, (all) => {
    const responses = all.filter((answer) => answer !== undefined)
    return responses.length === 0 ? undefined : responses
  })
}

/** Refuses a whole batch. */
export const refuse = (why: string): Effect.Effect<JsonRpc.Response> =>
  Effect.succeed(JsonRpc.failure(undefined, JsonRpc.invalidRequest(why)))

const isHandshake = (item: unknown): item is JsonRpc.Params =>
  JsonRpc.isObject(item) && Object.hasOwn(item, "method") && item["method"] === "initialize"

const notHere = ({ id }: JsonRpc.Params): Effect.Effect<JsonRpc.Response> =>
  Effect.succeed(
    JsonRpc.failure(
      JsonRpc.isId(id) ? id : undefined,
      JsonRpc.invalidRequest('"initialize" must not be part of a batch')
    )
  )
