/** What an application wants done about notifications, and what the client does about them itself. */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Cache } from "./Cache.ts"
import type { Notice, Notices } from "./Notices.ts"
import type { Options } from "./Options.ts"
import type { LogMessage } from "./Results.ts"
import * as Serial from "./Serial.ts"

/** Lets change notices make kept results stale, and runs the handlers of the options in order. */
export const make = <R>(
  { onLog, onNotification }: Options<R>,
  notices: Notices,
  cache: Cache
): Effect.Effect<void, never, Scope.Scope | R> =>
  Effect.contextWith((services) =>
    Effect.map(Serial.make(), ({ push }) => {
      notices.subscribe(cache.notice)
      // Suspended, so that a handler that throws is logged like one that dies.
      const run = (task: () => Effect.Effect<unknown, never, R>) =>
        push(Effect.asVoid(Effect.provideContext(Effect.suspend(task), services)))
      if (onNotification !== undefined) notices.subscribe((notice) => run(() => onNotification(notice)))
      if (onLog !== undefined) {
        notices.subscribe((notice) => {
          const message = logMessage(notice)
          if (message !== undefined) run(() => onLog(message))
        })
      }
    })
  )

/** A log message, if the notice is one. */
export const logMessage = ({ method, params }: Notice): LogMessage | undefined => {
  if (method !== "notifications/message") return undefined
  const { data, level, logger } = params
  return {
    level: level as LogMessage["level"],
    data,
    ...(typeof logger === "string" && { logger })
  }
}

/** How many notices a slow reader may leave waiting before the oldest goes. */
const bufferSize = 1024

/** Every notice from when the stream runs. */
export const stream = (notices: Notices): Stream.Stream<Notice> =>
  Stream.callback<Notice>(
    (queue) =>
      Effect.acquireRelease(
        Effect.sync(() =>
          notices.subscribe((notice) => {
            Queue.offerUnsafe(queue, notice)
          })
        ),
        (stop) => Effect.sync(stop)
      ),
    { bufferSize, strategy: "sliding" }
  )
