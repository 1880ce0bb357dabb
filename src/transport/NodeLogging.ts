/**
 * How a program logs: for people where stderr is a terminal, as JSON, one object a line, for programs anywhere else.
 * Never to stdout, which may carry the protocol.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"

/**
 * The logger and its level: the variable `MCP_LOG_LEVEL`, or `Info`.
 *
 * @example
 * ```ts
 * import * as NodeLogging from "mcp-effect/NodeLogging"
 * import * as Server from "mcp-effect/Server"
 * import * as StdioServer from "mcp-effect/StdioServer"
 *
 * const server = Server.make({ name: "demo", version: "1.0.0" })
 *
 * export const main = () => StdioServer.launch(server, NodeLogging.layer)
 * ```
 */
export const layer: Layer.Layer<never, Config.ConfigError> = Layer.mergeAll(
  Layer.unwrap(
    Effect.sync(() =>
      Logger.layer([process.stderr.isTTY ? forPeople : Logger.withConsoleError(Logger.formatJson)])
    )
  ),
  Layer.succeed(References.LogToStderr, true),
  Layer.effect(References.MinimumLogLevel, Config.withDefault(Config.LogLevel("MCP_LOG_LEVEL"), "Info"))
)

const forPeople = Logger.consolePrettyTty({ colors: true })
