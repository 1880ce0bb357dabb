/** Serves what was loaded over HTTP, until the process is told to stop. */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as References from "effect/References"
import * as HttpSettings from "../../transport/HttpSettings.ts"
import * as NodeServer from "../../transport/NodeServer.ts"
import * as Failure from "../Failure.ts"
import type { Loaded } from "../load/Resolve.ts"
import { Machine } from "../Machine.ts"

/** What the command line says; what it leaves open is looked for in the environment. */
export interface Input {
  readonly host: Option.Option<string>
  readonly port: Option.Option<number>
  readonly path: Option.Option<string>
  readonly stateless: boolean
  readonly json: boolean
  readonly hosts: ReadonlyArray<string>
}

/** Listens, says where, and goes on until it is interrupted. `old` serves HTTP+SSE and nothing else. */
export const serve = Effect.fnUntraced(function* (
  { server, services }: Extract<Loaded, { readonly _tag: "Server" }>,
  input: Input,
  old: boolean
) {
  const { logLevel, ...settings } = yield* fromEnvironment
  const { path, ...options } = { ...settings, ...fromFlags(input) }
  const endpoint = old
    ? { path: false as const, sse: path === undefined ? true : { sse: path } }
    : path !== undefined && { path }
  const served = Effect.gen(function* () {
    const { url } = yield* NodeServer.listen(server, { ...options, ...endpoint })
    const { serving } = yield* Machine
    serving()
    yield* Console.error(`Listening at ${old ? new URL(path ?? "/sse", url).href : url}`)
    return yield* Effect.never
  }).pipe(Effect.provideContext(services), Effect.scoped, Effect.mapError(notListening))
  return yield* logLevel === undefined
    ? served
    : Effect.provideService(served, References.MinimumLogLevel, logLevel)
})

const notListening = ({ message }: NodeServer.StartError): Failure.Failure => {
  const host = /^(\S+) can be reached from other machines/.exec(message)?.[1]
  return host === undefined
    ? Failure.usage(message.replace('the option "port"', "--port"))
    : Failure.usage(
        `${host} can be reached from other machines`,
        "Say by which names the server goes: --hosts mcp.example.com. Or leave --host away"
      )
}

const fromFlags = ({ host, hosts, json, path, port, stateless }: Input) => ({
  ...(Option.isSome(host) && { host: host.value }),
  ...(Option.isSome(port) && { port: port.value }),
  ...(Option.isSome(path) && { path: `/${path.value.replace(/^\/+/, "")}` as const }),
  ...(stateless && { stateless }),
  ...(json && { responseMode: "json" as const }),
  ...(hosts.length > 0 && { hosts })
})

/** The variables `MCP_…`, of the environment or of a `.env` file in the working directory. */
const fromEnvironment = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { cwd, env } = yield* Machine
  const variables = ConfigProvider.fromEnv({ env: defined(env) })
  const file = yield* Effect.option(ConfigProvider.fromDotEnv({ path: path.join(cwd, ".env") }))
  const provider = Option.match(file, {
    onNone: () => variables,
    onSome: (found) => ConfigProvider.orElse(variables, found)
  })
  return yield* HttpSettings.config.pipe(
    Effect.provideService(ConfigProvider.ConfigProvider, provider),
    Effect.mapError(({ message }) => {
      const [, problem = message, name] = /^SchemaError\(([^]*?)\s+at \["(\w+)"\]\)$/.exec(message) ?? []
      return Failure.usage(name === undefined ? problem : `${name}: ${problem}`)
    }),
    Effect.provideService(FileSystem.FileSystem, fs)
  )
})

const defined = (env: { readonly [name: string]: string | undefined }) =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  )
