/**
 * Settings of a server on HTTP, from the configuration: by default the variables of the environment that begin with
 * `MCP_`. What a program says itself counts more.
 */
import * as Config from "effect/Config"
import { SourceError } from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import type * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"

export interface Settings {
  /** `MCP_HOST`: the address to listen on. */
  readonly host?: string
  /** `MCP_PORT` */
  readonly port?: number
  /** `MCP_PATH`: where the MCP endpoint is. */
  readonly path?: `/${string}`
  /** `MCP_STATELESS` */
  readonly stateless?: boolean
  /** `MCP_JSON`: answer JSON only. */
  readonly responseMode?: "json" | "auto"
  /** `MCP_SSE`: serve HTTP+SSE as well. */
  readonly sse?: boolean
  /** `MCP_HEALTH`: answer `GET /health`. */
  readonly health?: boolean
  /** `MCP_HOSTS`: the names the server goes by, separated by commas. */
  readonly hosts?: ReadonlyArray<string>
  /** `MCP_ORIGINS`: the pages that may call, separated by commas. */
  readonly origins?: ReadonlyArray<string>
  /** `MCP_LOG_LEVEL`: `All`, `Trace`, `Debug`, `Info`, `Warn`, `Error`, `Fatal` or `None`. */
  readonly logLevel?: LogLevel.LogLevel
}

const list = (name: string) =>
  Config.map(Config.NonEmptyString(name), (text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "")
  )

/** Any port, and 0 for one that is free. */
const port = Config.mapEffect(Config.Int("MCP_PORT"), (value) =>
  value >= 0 && value < 65_536
    ? Effect.succeed(value)
    : Effect.fail(
        new Config.ConfigError(
          new SourceError({ message: `MCP_PORT: ${value} is no port, which is 0 to 65535` })
        )
      )
)

const variables = Config.all({
  host: Config.option(Config.NonEmptyString("MCP_HOST")),
  port: Config.option(port),
  path: Config.option(
    Config.map(Config.NonEmptyString("MCP_PATH"), (path): `/${string}` => `/${path.replace(/^\/+/, "")}`)
  ),
  stateless: Config.option(Config.Boolean("MCP_STATELESS")),
  responseMode: Config.option(
    Config.map(Config.Boolean("MCP_JSON"), (json): "json" | "auto" => (json ? "json" : "auto"))
  ),
  sse: Config.option(Config.Boolean("MCP_SSE")),
  health: Config.option(Config.Boolean("MCP_HEALTH")),
  hosts: Config.option(list("MCP_HOSTS")),
  origins: Config.option(list("MCP_ORIGINS")),
  logLevel: Config.option(Config.LogLevel("MCP_LOG_LEVEL"))
})

/** The settings that are set. Fails when one of them is not what it must be. */
export const config: Config.Config<Settings> = Config.map(variables, (found) => {
  const set = Object.entries<Option.Option<unknown>>(found).flatMap(([name, value]) =>
    Option.isSome(value) ? [[name, value.value] as const] : []
  )
  return Object.fromEntries(set) as Settings
})
