/**
 * Requests of a client that traces continue its trace: such a request is answered in a span of its own, by the
 * conventions of OpenTelemetry. Who does not trace pays for no span.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/
 */
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Meta from "../protocol/Meta.ts"
import * as TraceContext from "../protocol/TraceContext.ts"

/** Runs what answers a request within the trace the request belongs to. A subscription has no end worth measuring. */
export const continued = <A, E, R>(
  request: JsonRpc.Request,
  handled: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => {
  const { method, params } = request
  const parent = params === undefined ? undefined : TraceContext.read(Meta.of(params))
  if (parent === undefined || method === "subscriptions/listen") return handled
  const target = targetOf(request)
  const traced = Effect.withSpan(handled, target === undefined ? method : `${method} ${target.name}`, {
    kind: "server",
    parent: Tracer.externalSpan(parent),
    attributes: {
      "mcp.method.name": method,
      "jsonrpc.request.id": String(request.id),
      ...target?.attributes
    },
    captureStackTrace: false
  })
  // A handler that asks for its span has one, whatever its type says.
  return traced as Effect.Effect<A, E, R>
}

/** What a request is about. A URI is no part of the name of a span: there are too many. */
const targetOf = ({ method, params }: JsonRpc.Request) => {
  const name = params?.["name"]
  if (typeof name !== "string") return undefined
  if (method === "tools/call") return { name, attributes: { "gen_ai.tool.name": name } }
  return method === "prompts/get" ? { name, attributes: { "gen_ai.prompt.name": name } } : undefined
}
