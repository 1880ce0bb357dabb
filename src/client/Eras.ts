/**
 * Which servers turned out to need the handshake, by target, so that they are not probed again. The era belongs to
 * the server, not to a connection; what is remembered wrongly is forgotten at the first contradiction.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning#backward-compatibility-with-initialization-based-versions
 */
import * as Context from "effect/Context"

export interface Memory {
  readonly isStateful: (target: string) => boolean
  readonly remember: (target: string, stateful: boolean) => void
}

/** A memory that lasts as long as its owner. */
export const make = (): Memory => {
  const stateful = new Set<string>()
  return {
    isStateful: (target) => stateful.has(target),
    remember: (target, isStateful) => {
      if (isStateful) stateful.add(target)
      else stateful.delete(target)
    }
  }
}

/** The memory clients use. By default all clients of the process share one; provide another to persist or isolate. */
export const Eras = Context.Reference<Memory>("mcp-effect/client/Eras", { defaultValue: make })
