/** Resources a client watches until further notice. Each is a subscription of its own; they end with the client. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberMap from "effect/FiberMap"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as McpError from "../protocol/McpError.ts"
import type { ClientError } from "./ClientError.ts"
import type { Listen } from "./Subscriptions.ts"

export interface Held {
  /** Succeeds when the server has agreed. */
  readonly subscribe: (uri: string) => Effect.Effect<void, ClientError>
  readonly unsubscribe: (uri: string) => Effect.Effect<void>
}

export const make = (listen: Listen): Effect.Effect<Held, never, Scope.Scope> =>
  Effect.map(FiberMap.make<string, void, ClientError>(), (held) => {
    const agreements = new Map<string, Deferred.Deferred<void, ClientError>>()
    const subscribe: Held["subscribe"] = (uri) =>
      Effect.suspend(() => {
        const known = FiberMap.hasUnsafe(held, uri) ? agreements.get(uri) : undefined
        if (known !== undefined) {
          // Who asked first may have failed, or given up before the server answered.
          return Effect.flatMap(Effect.exit(Deferred.await(known)), (exit) =>
            Exit.isSuccess(exit) ? Effect.void : Effect.andThen(Effect.yieldNow, subscribe(uri))
          )
        }
        const agreed = Deferred.makeUnsafe<void, ClientError>()
        agreements.set(uri, agreed)
        const watching = Stream.runDrain(
          listen(
            { resourceSubscriptions: [uri] },
            {
              onAcknowledged: ({ resourceSubscriptions = [] }) => {
                Deferred.doneUnsafe(agreed, resourceSubscriptions.includes(uri) ? Effect.void : refused(uri))
              }
            }
          )
        )
        const told = Effect.onExit(watching, (exit) =>
          Effect.sync(() => {
            if (agreements.get(uri) === agreed) agreements.delete(uri)
            Deferred.doneUnsafe(agreed, exit)
          })
        )
        return Effect.andThen(
          FiberMap.run(held, uri, told),
          Effect.onError(Deferred.await(agreed), () => FiberMap.remove(held, uri))
        )
      })
    return { subscribe, unsubscribe: (uri: string) => FiberMap.remove(held, uri) }
  })

const refused = (uri: string) =>
  Effect.fail(McpError.make(McpError.code.MethodNotFound, `The server does not tell about changes of ${uri}`))
