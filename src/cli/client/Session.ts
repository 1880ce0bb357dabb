/** A connection to a target for the length of one command, and what the server says meanwhile on stderr. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as Scope from "effect/Scope"
import type * as Client from "../../client/Client.ts"
import * as Asking from "../ask/Asking.ts"
import * as Env from "../Env.ts"
import * as Failure from "../Failure.ts"
import { Machine } from "../Machine.ts"
import * as Connect from "../target/Connect.ts"
import * as Find from "../target/Find.ts"
import type { Target } from "../target/Target.ts"
import * as Screen from "../terminal/Screen.ts"

/** The flags of `Flags.client`. */
export interface Flags {
  readonly env: ReadonlyArray<string>
  readonly envFile: ReadonlyArray<string>
  readonly header: ReadonlyArray<string>
  readonly root: ReadonlyArray<string>
  readonly protocol: Option.Option<string>
  readonly timeout: number
  readonly logs: Client.LogLevel | "off"
  readonly json: boolean
}

/** What talking to a server takes. */
export type Services = Asking.Services | Connect.Services

export interface Session {
  readonly client: Client.Service
  readonly target: Target
  readonly screen: Screen.Screen
}

/** Finds the target and connects to it until the scope closes. */
export const open = Effect.fnUntraced(function* (
  word: string | undefined,
  flags: Flags
): Effect.fn.Return<Session, Failure.Failure, Services | Scope.Scope> {
  if (flags.timeout <= 0)
    return yield* Failure.usage(`--timeout has to be more than 0 seconds, and this is ${flags.timeout}`)
  const env = yield* Env.gather("--env", flags.env, flags.envFile)
  const target = yield* Find.find(word, env, yield* Env.headers(flags.header))
  const screen = yield* Effect.acquireRelease(Screen.make, ({ clear }) => Effect.sync(clear))
  const { release, stderr } = Screen.holding(screen)
  const client = yield* Connect.connect(target, {
    ...(yield* Asking.handlers(screen)),
    ...(flags.root.length > 0 && { roots: yield* roots(flags.root) }),
    ...(Option.isSome(flags.protocol) && { versions: [flags.protocol.value] }),
    timeout: { idle: flags.timeout * 1000 },
    ...(flags.logs !== "off" && { logLevel: flags.logs }),
    onLog: (message) => Effect.sync(() => screen.log(message)),
    stderr
  }).pipe(
    Effect.tap(() => Effect.sync(release)),
    Effect.tapError(({ data }) => Effect.sync(() => data ?? release()))
  )
  return { client, target, screen }
})

/** Options of a request that takes its time. */
export const observed = ({ screen }: Session): Client.RequestOptions => ({
  onProgress: (progress) => Effect.sync(() => screen.progress(progress))
})

const roots = Effect.fnUntraced(function* (directories: ReadonlyArray<string>) {
  const path = yield* Path.Path
  const { cwd } = yield* Machine
  return yield* Effect.forEach(directories, (directory) =>
    Effect.map(Effect.orDie(path.toFileUrl(path.resolve(cwd, directory))), ({ href }) => ({ uri: href }))
  )
})
