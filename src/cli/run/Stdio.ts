/** Serves what was loaded over the standard streams, which are claimed already. */
import * as Effect from "effect/Effect"
import * as StdioServer from "../../transport/StdioServer.ts"
import type { Loaded } from "../load/Resolve.ts"

export const serve = (loaded: Loaded) => {
  switch (loaded._tag) {
    case "Server":
      return Effect.provideContext(StdioServer.run(loaded.server), loaded.services)
    case "Layer":
      return loaded.serve
    case "Started":
      return Effect.never
  }
}
