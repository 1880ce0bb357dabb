/**
 * When a request is sent again without being asked to, always as a new one: what only reads, while the server is busy
 * or away; and a tool call whose mirrored headers were out of date, after a look at the tools.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#client-behavior
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import type { InvalidResponse } from "./ClientError.ts"
import type { ExchangeError } from "./Line.ts"
import * as Pages from "./Pages.ts"

type Result = Effect.Effect<JsonRpc.Params, ExchangeError>

/** Sends one request, each time under a new id. */
export type Exchange = (method: string, params: JsonRpc.Params) => Result

/** Requests that change nothing, however often they are answered. */
const reading: ReadonlySet<string> = new Set([
  "tools/list",
  "prompts/list",
  "resources/list",
  "resources/templates/list",
  "resources/read",
  "prompts/get",
  "completion/complete",
  "ping"
])

/** Sends a request, and again where that is safe. `changed` is told when the list of tools turned out to be old. */
export const patiently = (
  exchange: Exchange,
  method: string,
  params: JsonRpc.Params,
  changed: () => void
): Result => {
  if (method === "tools/call") return relisting(exchange, params, changed)
  return reading.has(method) ? retrying(exchange(method, params), 0) : exchange(method, params)
}

const attempts = 3
/** Who is told to wait longer than this, in milliseconds, would rather know. */
const longest = 30_000

const retrying = (request: Result, failures: number): Result =>
  Effect.catchTag(request, "TransportError", (error) => {
    const after = error.refused === true ? error.retryAfter : undefined
    if (after === undefined || after > longest || failures >= attempts) return Effect.fail(error)
    return Effect.flatMap(Random.next, (random) =>
      Effect.andThen(
        Effect.sleep(Math.max(after, 250 * 2 ** failures) * (1 + 0.5 * random)),
        retrying(request, failures + 1)
      )
    )
  })

/**
 * The headers of a call are made from the schema the tool was listed with. A server that expects others refuses the
 * call before it runs; listing the tools tells the transport what they are now.
 */
const relisting = (exchange: Exchange, params: JsonRpc.Params, changed: () => void): Result =>
  Effect.catchTag(exchange("tools/call", params), "McpError", (error) => {
    if (error.code !== McpError.code.HeaderMismatch) return Effect.fail(error)
    changed()
    const listed: Effect.Effect<unknown, ExchangeError | InvalidResponse> = Pages.all({
      method: "tools/list",
      page: (cursor) =>
        Effect.map(exchange("tools/list", cursor === undefined ? {} : { cursor }), ({ nextCursor }) => ({
          items: [],
          nextCursor: typeof nextCursor === "string" ? nextCursor : undefined
        }))
    })
    return Effect.andThen(listed, exchange("tools/call", params))
  })
