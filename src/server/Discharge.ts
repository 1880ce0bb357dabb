/** What a handler may use while it answers one request, supplied in one place and gone when the request ends. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { Outbox } from "../Connection.ts"
import * as McpError from "../protocol/McpError.ts"
import { Ask } from "./Ask.ts"
import { Events } from "./Events.ts"
import { CurrentServer, type Invocation, Request } from "./Invocation.ts"
import * as Log from "./Log.ts"
import type { Result } from "./Part.ts"
import * as RequestOutbox from "./RequestOutbox.ts"

type Running = Effect.Effect<Result, McpError.McpError, Outbox | Scope.Scope>

/**
 * Runs a handler with its request, the server it belongs to, and a scope that closes with it. The handler's own
 * needs, R, are left as they are: that is the claim of the one cast below.
 */
export const discharge = <R>(
  handler: Effect.Effect<Result, McpError.McpError, R | Invocation>,
  request: Request["Service"],
  server: CurrentServer["Service"]
): Effect.Effect<Result, McpError.McpError, R | Outbox> => {
  const enter = (context: Context.Context<Outbox | Scope.Scope>) =>
    Context.add(
      Context.add(
        Context.add(Context.add(context, Request, request), CurrentServer, server),
        Events,
        server.events
      ),
      Ask,
      request.ask ?? nobody
    )
  const { logLevel, progressToken } = request.meta
  const effect = Effect.updateContext(handler as Effect.Effect<Result, McpError.McpError, Invocation>, enter)
  // A subscription carries changes and nothing about the request that opened it.
  const quiet =
    request.method === "subscriptions/listen" || (logLevel === undefined && progressToken === undefined)
  return Effect.scoped(quiet ? effect : speaking(effect, logLevel)) as Effect.Effect<
    Result,
    McpError.McpError,
    R | Outbox
  >
}

/** The same for a peer that wants to hear of progress or of the log: these stay in order and end with the request. */
const speaking = (handler: Running, logLevel: string | undefined): Running => {
  if (logLevel !== undefined && !Log.isLevel(logLevel)) return Effect.fail(unknownLevel(logLevel))
  return Effect.contextWith((context: Context.Context<Outbox | Scope.Scope>) => {
    const outbox = RequestOutbox.make(Context.get(context, Outbox))
    const run = Effect.runForkWith(context)
    const guarded = Context.add(context, Outbox, outbox)
    const bridged =
      logLevel === undefined ? guarded : Log.bridge(guarded, logLevel, (said) => outbox.post(said, run))
    return Effect.andThen(
      Scope.addFinalizerExit(Context.get(context, Scope.Scope), outbox.close),
      Effect.provideContext(handler, bridged)
    )
  })
}

const unknownLevel = (level: string) =>
  McpError.invalidParams(`Unknown log level "${level}": use one of ${Log.levels.join(", ")}`)

/** Where the protocol does not let a server ask. Asking there is a mistake of the handler, not of the client. */
const nobody = Ask.of({
  answer: ({ method }) =>
    Effect.die(new Error(`${method}: only tools/call, prompts/get and resources/read may ask the client`)),
  once: (_name, _schema, effect) => effect
})
