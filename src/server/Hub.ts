/** The bus of a server that is made of others: what is published in its parts is heard through it. */
import * as Events from "./Events.ts"
import type { Part } from "./Part.ts"

/**
 * A bus with a way for the parts that publish by themselves. It listens to them only while somebody listens to it,
 * so that a server can be dropped like any other value.
 */
export const make = <R>(parts: ReadonlyArray<Part<R>>): Events.Hub => {
  const own = Events.make()
  const sources = sourcesOf(parts)
  if (sources.length === 0) return own
  return {
    publish: own.publish,
    subscribe: (listener) => {
      const stops = [own.subscribe(listener), ...sources.map((subscribe) => subscribe(listener))]
      return () => {
        for (const stop of stops) stop()
      }
    }
  }
}

const sourcesOf = <R>(parts: ReadonlyArray<Part<R>>): ReadonlyArray<Events.Hub["subscribe"]> =>
  parts.flatMap((part) => {
    switch (part._tag) {
      case "Extension":
        return sourcesOf<R>(part.parts)
      case "Mount":
        // Its dynamic parts publish through its own bus already.
        return [part.events.subscribe]
      case "Dynamic":
        return [
          (listener: (event: Events.Event) => void) =>
            part.subscribe((kind) => listener(Events.changed[kind]))
        ]
      default:
        return []
    }
  })
