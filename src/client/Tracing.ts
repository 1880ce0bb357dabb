/** A request made within a span tells the server which one, so that the server's spans become its children. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as TraceContext from "../protocol/TraceContext.ts"

/** Runs with what the application put into `_meta`, and the span it is in; what the application says wins. */
export const traced = <A, E, R>(
  meta: JsonRpc.Params | undefined,
  use: (meta: JsonRpc.Params | undefined) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.withFiber(({ context }) => {
    const span = Context.getOrUndefined(context, Tracer.ParentSpan)
    return span === undefined || Context.get(context, Tracer.DisablePropagation)
      ? use(meta)
      : use({ ...TraceContext.write(span), ...meta })
  })
