/**
 * Reads a result: whether it has the shape its method promises. What a server adds is kept, and what the
 * specification tells clients to forgive is forgiven. Methods the specification does not know promise nothing.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Methods from "../protocol/Methods.ts"
import * as Problem from "../jsonschema/Problem.ts"
import { cacheable } from "./Cache.ts"
import { InvalidResponse } from "./ClientError.ts"

const results = new Map(
  Object.entries({ ...Methods.fromClient, ...Methods.fromClientStateful }).map(
    ([method, { result }]) =>
      [method, Schema.decodeUnknownEffect(result as Schema.Codec<JsonRpc.Params>)] as const
  )
)

/** The result, or what is wrong with it and where. */
export const result = (
  method: string,
  value: JsonRpc.Params
): Effect.Effect<JsonRpc.Params, InvalidResponse> => {
  const decode = results.get(method)
  return decode === undefined
    ? Effect.succeed(value)
    : Effect.mapError(decode(forgiven(method, value)), (error) => misfit(method, error))
}

/** An absent resultType means complete; a missing or negative ttl means stale at once, and private is the safe scope. */
const forgiven = (method: string, value: JsonRpc.Params): JsonRpc.Params => {
  const complete = value["resultType"] === undefined ? { ...value, resultType: "complete" } : value
  if (!cacheable.has(method)) return complete
  const { cacheScope, ttlMs } = complete
  const hinted = typeof ttlMs === "number" && ttlMs >= 0
  const scoped = cacheScope === "public" || cacheScope === "private"
  return hinted && scoped
    ? complete
    : { ...complete, ttlMs: hinted ? ttlMs : 0, cacheScope: scoped ? cacheScope : "private" }
}

const misfit = (method: string, error: Schema.SchemaError) => {
  const path = pathOf(error)
  const place = path.length === 0 ? "its root" : `/${path.join("/")}`
  return new InvalidResponse({
    message: `The result of ${method} is not what the protocol says, at ${place}: ${error.message}`,
    method,
    path,
    cause: error
  })
}

/** Where a schema refused a value. */
export const pathOf = (error: Schema.SchemaError): ReadonlyArray<string | number> =>
  (Problem.ofIssue(error.issue)[0]?.path ?? []).map((key) => (typeof key === "symbol" ? String(key) : key))
