/** Serves what a file exports. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as StdioGuard from "../../transport/StdioGuard.ts"
import type * as Session from "../client/Session.ts"
import * as Failure from "../Failure.ts"
import * as Load from "../load/Load.ts"
import * as Reference from "../load/Reference.ts"
import type { Loaded } from "../load/Resolve.ts"
import * as Source from "../load/Source.ts"
import { Machine } from "../Machine.ts"
import type * as Http from "./Http.ts"
import * as OverHttp from "./OverHttp.ts"
import * as Packages from "./Packages.ts"
import * as Stdio from "./Stdio.ts"

export interface Input extends Packages.Wanted, Http.Input {
  readonly file: string
  readonly transport: "stdio" | "http" | "sse"
  readonly watch: boolean
}

export const serve = Effect.fnUntraced(function* ({ file, transport, watch, ...input }: Input) {
  if (transport === "stdio") yield* OverHttp.none(input)
  // Before the file is loaded: what it prints while it is loaded must not get among the messages.
  if (transport === "stdio") StdioGuard.claim()
  const packages = yield* Packages.settled(input)
  const loaded = watch ? yield* watched(file, packages, transport === "stdio") : yield* lent(file, packages)
  if (transport === "stdio" || loaded._tag === "Layer") return yield* Stdio.serve(loaded)
  if (loaded._tag === "Started") return yield* Effect.fail(startedAlready(file))
  const { serve } = yield* Effect.promise(() => import("./Http.ts"))
  return yield* serve(loaded, input, transport === "sse")
}, Effect.scoped)

const lent = (file: string, packages: Packages.Wanted) =>
  Effect.andThen(Packages.lend(packages), Load.load(file))

const watched = Effect.fnUntraced(function* (
  file: string,
  packages: Packages.Wanted,
  alone: boolean
): Effect.fn.Return<Loaded, Failure.Failure, Session.Services | Scope.Scope> {
  const { make } = yield* Effect.promise(() => import("./Reloading.ts"))
  const { env, self } = yield* Machine
  const reference = Reference.parse(file)
  const args = [...self.args, "run", ...Packages.flags(packages), file]
  const variables = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  )
  const server = yield* make(
    yield* Source.locate(reference.file),
    { _tag: "Command", title: file, command: self.command, args, env: variables },
    alone
  )
  return { _tag: "Server", server, services: Context.empty() }
})

const startedAlready = (file: string) =>
  Failure.usage(
    `${file} serves stdio by itself as soon as it is loaded`,
    "Let it export its server, and launch it only if it is the program: if (import.meta.main) ..."
  )
