/** Serves a target over another transport. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Events from "../../server/Events.ts"
import * as StdioGuard from "../../transport/StdioGuard.ts"
import * as StdioServer from "../../transport/StdioServer.ts"
import * as Env from "../Env.ts"
import type * as Http from "../run/Http.ts"
import * as OverHttp from "../run/OverHttp.ts"
import * as Find from "../target/Find.ts"
import * as Screen from "../terminal/Screen.ts"
import * as Proxied from "./Proxied.ts"
import * as Watched from "./Watched.ts"

export interface Input extends Http.Input {
  readonly target: Option.Option<string>
  readonly transport: Option.Option<"stdio" | "http" | "sse">
  readonly env: ReadonlyArray<string>
  readonly envFile: ReadonlyArray<string>
  readonly header: ReadonlyArray<string>
  readonly protocol: Option.Option<string>
}

export const proxy = Effect.fnUntraced(function* (input: Input) {
  const env = yield* Env.gather("--env", input.env, input.envFile)
  const target = yield* Find.find(Option.getOrUndefined(input.target), env, yield* Env.headers(input.header))
  const transport = Option.getOrElse(input.transport, () => (target._tag === "Url" ? "stdio" : "http"))
  if (transport === "stdio") {
    yield* OverHttp.none(input)
    StdioGuard.claim()
  }
  const { release, stderr } = Screen.holding(yield* Screen.make)
  const events = Events.make()
  const behind = yield* Proxied.connect(
    target,
    {
      stderr,
      alone: transport === "stdio",
      ...(Option.isSome(input.protocol) && { versions: [input.protocol.value] })
    },
    events
  )
  release()
  const server = Proxied.make(
    () => behind,
    events,
    Watched.make(() => behind.client)
  )
  if (transport === "stdio") return yield* StdioServer.run(server)
  const { serve } = yield* Effect.promise(() => import("../run/Http.ts"))
  return yield* serve({ _tag: "Server", server, services: Context.empty() }, input, transport === "sse")
}, Effect.scoped)
