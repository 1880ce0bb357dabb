/** The applications that start servers, and where each of them keeps which. */
import * as Effect from "effect/Effect"
import * as Path from "effect/Path"
import { Machine } from "../Machine.ts"
import type { Fields } from "./Format.ts"

export interface Host {
  readonly id: string
  readonly name: string
  /** What is missing when its directory is. */
  readonly app: string
  readonly format: "json" | "toml"
  /** The property of the file that holds the servers by name. */
  readonly key: string
  /** What an entry has besides command, args and env. */
  readonly extra?: Fields
  /** Names of servers may only have letters, digits, hyphens and underscores. */
  readonly plainNames?: true
  readonly file: (places: Places) => string
  /** The directory that is there if the application is. */
  readonly home: (places: Places) => string
  /** The file of a project, relative to its root, if the host has such a thing. */
  readonly project?: ReadonlyArray<string>
}

/** Directories of this user, in the way of the operating system, and how to go on from them. */
export interface Places {
  readonly home: (...rest: ReadonlyArray<string>) => string
  /** Where applications with a window keep their settings. */
  readonly settings: (...rest: ReadonlyArray<string>) => string
  /** Where programs of the terminal do: not in ~/Library. */
  readonly config: (...rest: ReadonlyArray<string>) => string
  /** A directory the user chose through a variable. */
  readonly chosen: (variable: string) => string | undefined
  readonly join: (...parts: ReadonlyArray<string>) => string
  readonly windows: boolean
}

export const places = Effect.gen(function* () {
  const { env, home, platform } = yield* Machine
  const { join } = yield* Path.Path
  const chosen = (variable: string) => env[variable] || undefined
  const config = () => chosen("XDG_CONFIG_HOME") ?? join(home, ".config")
  const roaming = () => chosen("APPDATA") ?? join(home, "AppData", "Roaming")
  const settings = () => {
    if (platform === "win32") return roaming()
    return platform === "darwin" ? join(home, "Library", "Application Support") : config()
  }
  const places: Places = {
    home: (...rest) => join(home, ...rest),
    settings: (...rest) => join(settings(), ...rest),
    config: (...rest) => join(platform === "win32" ? roaming() : config(), ...rest),
    chosen,
    join,
    windows: platform === "win32"
  }
  return places
})

const claudeHome = ({ chosen, home }: Places) => chosen("CLAUDE_CONFIG_DIR") ?? home(".claude")
const codexHome = ({ chosen, home }: Places) => chosen("CODEX_HOME") ?? home(".codex")
const zedHome = ({ config, windows }: Places) => config(windows ? "Zed" : "zed")

export const all: ReadonlyArray<Host> = [
  {
    id: "claude-desktop",
    name: "Claude Desktop",
    app: "Claude app",
    format: "json",
    key: "mcpServers",
    file: ({ settings }) => settings("Claude", "claude_desktop_config.json"),
    home: ({ settings }) => settings("Claude")
  },
  {
    id: "claude-code",
    name: "Claude Code",
    app: "Claude Code",
    format: "json",
    key: "mcpServers",
    extra: { type: "stdio" },
    plainNames: true,
    file: (places) =>
      places.chosen("CLAUDE_CONFIG_DIR") === undefined
        ? places.home(".claude.json")
        : places.join(claudeHome(places), ".claude.json"),
    home: claudeHome,
    project: [".mcp.json"]
  },
  {
    id: "cursor",
    name: "Cursor",
    app: "Cursor",
    format: "json",
    key: "mcpServers",
    file: ({ home }) => home(".cursor", "mcp.json"),
    home: ({ home }) => home(".cursor"),
    project: [".cursor", "mcp.json"]
  },
  {
    id: "vscode",
    name: "VS Code",
    app: "VS Code",
    format: "json",
    key: "servers",
    extra: { type: "stdio" },
    file: ({ settings }) => settings("Code", "User", "mcp.json"),
    home: ({ settings }) => settings("Code"),
    project: [".vscode", "mcp.json"]
  },
  {
    id: "codex",
    name: "Codex",
    app: "Codex",
    format: "toml",
    key: "mcp_servers",
    plainNames: true,
    file: (places) => places.join(codexHome(places), "config.toml"),
    home: codexHome,
    project: [".codex", "config.toml"]
  },
  {
    id: "gemini-cli",
    name: "Gemini CLI",
    app: "Gemini CLI",
    format: "json",
    key: "mcpServers",
    file: ({ home }) => home(".gemini", "settings.json"),
    home: ({ home }) => home(".gemini"),
    project: [".gemini", "settings.json"]
  },
  {
    id: "windsurf",
    name: "Windsurf",
    app: "Windsurf",
    format: "json",
    key: "mcpServers",
    file: ({ home }) => home(".codeium", "windsurf", "mcp_config.json"),
    home: ({ home }) => home(".codeium", "windsurf")
  },
  {
    id: "zed",
    name: "Zed",
    app: "Zed",
    format: "json",
    key: "context_servers",
    extra: { source: "custom" },
    file: (places) => places.join(zedHome(places), "settings.json"),
    home: zedHome,
    project: [".zed", "settings.json"]
  }
]

export const find = (id: string): Host | undefined => all.find((host) => host.id === id)

/** A name the host accepts. */
export const nameFor = (host: Host, name: string): string =>
  host.plainNames === true ? name.trim().replace(/[^A-Za-z0-9_-]+/g, "-") : name
