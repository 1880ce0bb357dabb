/** Serves what a file exports. */
import * as Effect from "effect/Effect"
import * as StdioGuard from "../../transport/StdioGuard.ts"
import * as Load from "../load/Load.ts"
import * as Packages from "./Packages.ts"
import * as Stdio from "./Stdio.ts"

export interface Input extends Packages.Wanted {
  readonly file: string
  readonly transport: "stdio"
}

export const serve = Effect.fnUntraced(function* ({ file, ...packages }: Input) {
  // Before the file is loaded: what it prints while it is loaded must not get among the messages.
  StdioGuard.claim()
  yield* Packages.lend(yield* Packages.settled(packages))
  return yield* Stdio.serve(yield* Load.load(file))
}, Effect.scoped)
