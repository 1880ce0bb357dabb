/** Serves what a file exports. */
import * as Effect from "effect/Effect"
import * as StdioGuard from "../../transport/StdioGuard.ts"
import * as StdioServer from "../../transport/StdioServer.ts"
import * as Load from "../load/Load.ts"

export interface Input {
  readonly file: string
  readonly transport: "stdio"
}

export const serve = Effect.fnUntraced(function* ({ file }: Input) {
  // Before the file is loaded: what it prints while it is loaded must not get among the messages.
  StdioGuard.claim()
  const loaded = yield* Load.load(file)
  switch (loaded._tag) {
    case "Server":
      return yield* Effect.provideContext(StdioServer.run(loaded.server), loaded.services)
    case "Layer":
      return yield* loaded.serve
    case "Started":
      return yield* Effect.never
  }
}, Effect.scoped)
