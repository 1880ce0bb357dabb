/**
 * Who sees what. Listing and using ask the same question, so that what is hidden cannot be used, and what is used
 * could have been listed.
 */
import * as Effect from "effect/Effect"
import type { Request } from "./Invocation.ts"
import type * as Part from "./Part.ts"

interface Hideable<R> {
  readonly visible?: Part.Visible<R>
}

export const isVisible = <R>(
  part: Hideable<R>,
  request: Request["Service"]
): Effect.Effect<boolean, never, R> => {
  const { visible } = part
  if (visible === undefined) return yes
  // Suspended, so that one that throws fails the request and nothing else.
  return Effect.suspend(() => {
    const answer = visible(request)
    return typeof answer === "boolean" ? (answer ? yes : no) : answer
  })
}

const yes = Effect.succeed(true)
const no = Effect.succeed(false)

/** The parts the caller sees, in their order. Costs nothing where nothing is ever hidden. */
export const visible = <R, P extends Hideable<R>>(
  parts: ReadonlyArray<P>,
  request: Request["Service"]
): Effect.Effect<ReadonlyArray<P>, never, R> =>
  parts.some((part) => part.visible !== undefined)
    ? Effect.filter(parts, (part) => isVisible<R>(part, request))
    : Effect.succeed(parts)
