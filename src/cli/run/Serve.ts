/** Serves what a file exports. */
import * as Effect from "effect/Effect"
import * as StdioGuard from "../../transport/StdioGuard.ts"
import * as Failure from "../Failure.ts"
import * as Load from "../load/Load.ts"
import type * as Http from "./Http.ts"
import * as Packages from "./Packages.ts"
import * as Stdio from "./Stdio.ts"

export interface Input extends Packages.Wanted, Http.Input {
  readonly file: string
  readonly transport: "stdio" | "http" | "sse"
}

export const serve = Effect.fnUntraced(function* ({ file, transport, ...input }: Input) {
  // Before the file is loaded: what it prints while it is loaded must not get among the messages.
  if (transport === "stdio") StdioGuard.claim()
  yield* Packages.lend(yield* Packages.settled(input))
  const loaded = yield* Load.load(file)
  if (transport === "stdio" || loaded._tag === "Layer") return yield* Stdio.serve(loaded)
  if (loaded._tag === "Started") return yield* Effect.fail(startedAlready(file))
  const { serve } = yield* Effect.promise(() => import("./Http.ts"))
  return yield* serve(loaded, input, transport === "sse")
}, Effect.scoped)

const startedAlready = (file: string) =>
  Failure.usage(
    `${file} serves stdio by itself as soon as it is loaded`,
    "Let it export its server, and launch it only if it is the program: if (import.meta.main) ..."
  )
