/** Flags that mean the same wherever they are. */
import * as Flag from "effect/cli/Flag"

export const yes = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withDefault(false), Flag.withoutNegation, Flag.withDescription(description))

export const configPath = Flag.String("config-path").pipe(
  Flag.optional,
  Flag.withMetavar("FILE"),
  Flag.withDescription("The host's file, if it is not where it usually is")
)

export const project = yes("project", "Use the host's file of the project in the working directory")

export const dryRun = yes("dry-run", "Show what would change, and change nothing")

export const json = yes("json", "Print one JSON object, and nothing else, on stdout")

/** Packages for one run, spelled as by the reference. */
export const packages = {
  with: Flag.String("with").pipe(
    Flag.atLeast(0),
    Flag.withMetavar("PACKAGE"),
    Flag.withDescription(
      "An npm package the file may import though it is not installed beside it; repeatable"
    )
  ),
  withEditable: Flag.String("with-editable").pipe(
    Flag.withAlias("e"),
    Flag.atLeast(0),
    Flag.withMetavar("DIR"),
    Flag.withDescription("The directory of a package the file may import, linked; repeatable")
  )
}

/** What every command that talks to a server can be told about how to. */
export const client = {
  env: Flag.String("env").pipe(
    Flag.withAlias("e"),
    Flag.atLeast(0),
    Flag.withMetavar("KEY=VALUE"),
    Flag.withDescription("A variable for a server that is started; repeatable")
  ),
  envFile: Flag.String("env-file").pipe(
    Flag.withAlias("f"),
    Flag.atLeast(0),
    Flag.withMetavar("FILE"),
    Flag.withDescription("A .env file with variables for a server that is started; repeatable")
  ),
  header: Flag.String("header").pipe(
    Flag.withAlias("H"),
    Flag.atLeast(0),
    Flag.withMetavar('"NAME: VALUE"'),
    Flag.withDescription("A header for a server at a URL; repeatable")
  ),
  root: Flag.String("root").pipe(
    Flag.atLeast(0),
    Flag.withMetavar("DIR"),
    Flag.withDescription("A directory the server may be told about; repeatable")
  ),
  protocol: Flag.Literals("protocol", [
    "2026-07-28",
    "2025-11-25",
    "2025-06-18",
    "2025-03-26",
    "2024-11-05"
  ]).pipe(Flag.optional, Flag.withDescription("The revision to speak. Default: the newest both sides know")),
  timeout: Flag.Finite("timeout").pipe(
    Flag.withDefault(60),
    Flag.withMetavar("SECONDS"),
    Flag.withDescription("How long the server may be silent about a request, in seconds. Default: 60")
  ),
  logs: Flag.Literals("logs", ["debug", "info", "notice", "warning", "error", "off"]).pipe(
    Flag.withDefault("info"),
    Flag.withDescription("From which level on the server sends log messages. Default: info")
  ),
  json
}

export const arg = (description: string) =>
  Flag.String("arg").pipe(
    Flag.withAlias("a"),
    Flag.atLeast(0),
    Flag.withMetavar("NAME=VALUE"),
    Flag.withDescription(description)
  )

export const save = Flag.String("save").pipe(
  Flag.optional,
  Flag.withMetavar("DIR"),
  Flag.withDescription("Where to write images, sounds and other bytes. Default: they are described")
)

export const transport = Flag.ChoiceWithValue("transport", [
  ["stdio", "stdio"],
  ["http", "http"],
  ["streamable-http", "http"],
  ["sse", "sse"]
]).pipe(Flag.withAlias("t"))

/** How a server is served. What is left out is looked for in variables, `MCP_PORT` and so on, and in `.env`. */
export const http = {
  transport: transport.pipe(
    Flag.withDefault("stdio"),
    Flag.withDescription("How clients reach the server. Default: stdio")
  ),
  host: Flag.String("host").pipe(
    Flag.optional,
    Flag.withMetavar("ADDRESS"),
    Flag.withDescription("Where to listen. Default: 127.0.0.1, this machine only")
  ),
  port: Flag.Int("port").pipe(
    Flag.optional,
    Flag.withMetavar("NUMBER"),
    Flag.withDescription("0 takes any free one. Default: 8000")
  ),
  path: Flag.String("path").pipe(
    Flag.optional,
    Flag.withMetavar("PATH"),
    Flag.withDescription("Default: /mcp, or /sse with -t sse")
  ),
  hosts: Flag.String("hosts").pipe(
    Flag.atLeast(0),
    Flag.withMetavar("NAME"),
    Flag.withDescription("A name the server goes by; repeatable. Default: names of this machine")
  ),
  stateless: yes("stateless", "Serve clients until 2025-11-25 without sessions"),
  json: yes("json", "Answer JSON only, never a stream")
}
