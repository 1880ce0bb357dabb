/** The command line of the MCP Inspector, if it is there: `MCP_INSPECTOR` names the folder it is installed in. */
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { temporary } from "../cli/binary.ts"

export const folder = process.env["MCP_INSPECTOR"]

const home = join(folder ?? "", "node_modules/@modelcontextprotocol/inspector")

/** The version that is installed. */
export const version = (): unknown => JSON.parse(readFileSync(join(home, "package.json"), "utf8")).version

/** Where a server is, in the words of the Inspector. */
export type Target =
  | { readonly url: string; readonly transport: "http" | "sse" }
  | { readonly command: ReadonlyArray<string> }

/** What it says, read from JSON: on stdout what it was asked for, on stderr why it was not given. */
export interface Said {
  readonly code: number
  readonly stdout?: unknown
  readonly stderr?: unknown
}

/** Runs it once. It keeps nothing: its home is empty and goes away. */
export const inspect = async (target: Target, args: ReadonlyArray<string>): Promise<Said> => {
  using folder = temporary()
  const where = "url" in target ? ["--transport", target.transport, target.url] : ["--", ...target.command]
  const launcher = join(home, "clients/launcher/build/index.js")
  const words = [
    launcher,
    "--cli",
    "--quiet",
    "--format",
    "json",
    "--connect-timeout",
    "60000",
    ...args,
    ...where
  ]
  return await new Promise((resolve) => {
    const env = { ...process.env, HOME: folder.path, USERPROFILE: folder.path }
    execFile(process.execPath, words, { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code)
      resolve({ code, ...parsed("stdout", stdout), ...parsed("stderr", stderr) })
    })
  })
}

const parsed = (name: "stdout" | "stderr", text: string) => (text === "" ? {} : { [name]: JSON.parse(text) })
