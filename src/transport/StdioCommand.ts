/**
 * Which file to run for a command, without a shell. POSIX finds programs by itself; Windows runs only `.exe` files so,
 * and its package managers install scripts.
 */
import { win32 } from "node:path"
import * as Environment from "./Environment.ts"

export interface Command {
  readonly file: string
  readonly args: ReadonlyArray<string>
  /** Windows: the arguments are one command line that is quoted already. */
  readonly verbatim?: true
}

export interface Surroundings {
  readonly platform: NodeJS.Platform
  /** The environment the child will have. */
  readonly env: Environment.Variables
  readonly cwd: string
  readonly exists: (file: string) => boolean
}

/** Resolves a command for `child_process.spawn`. A command that is not found is left as it is, and fails there. */
export const resolve = (command: string, args: ReadonlyArray<string>, around: Surroundings): Command => {
  if (around.platform !== "win32") return { file: command, args }
  const file = find(command, around) ?? command
  switch (win32.extname(file).toLowerCase()) {
    case ".cmd":
    case ".bat":
      return batch(file, args, around)
    case ".ps1":
      return {
        file: "powershell.exe",
        args: ["-NoProfile", "-ExecutionPolicy", "Bypass", "-File", file, ...args]
      }
    default:
      return { file, args }
  }
}

const find = (command: string, { cwd, env, exists, platform }: Surroundings): string | undefined => {
  const path = Environment.get(platform, env, "PATH") ?? ""
  const endings = (Environment.get(platform, env, "PATHEXT") ?? ".EXE;.CMD;.BAT").split(";").concat(".ps1")
  const folders = /[\\/]|^[a-z]:/i.test(command) ? [cwd] : path.split(";").filter((folder) => folder !== "")
  const names =
    win32.extname(command) === "" ? endings.map((ending) => command + ending.toLowerCase()) : [command]
  return folders.flatMap((folder) => names.map((name) => win32.resolve(cwd, folder, name))).find(exists)
}

/**
 * A batch file needs `cmd.exe`, which reads its command line twice: once itself, once for the batch file. Every
 * character it gives a meaning to is escaped for both.
 */
const batch = (file: string, args: ReadonlyArray<string>, { env, platform }: Surroundings): Command => ({
  file: Environment.get(platform, env, "ComSpec") ?? "cmd.exe",
  args: ["/d", "/s", "/c", `"${[escape(file), ...args.map((arg) => escape(escape(quote(arg))))].join(" ")}"`],
  verbatim: true
})

const escape = (text: string) => text.replace(/[()\][%!^"`<>&|;, *?]/g, "^$&")

/** Quotes an argument in the way Windows programs split their command lines. */
const quote = (argument: string) => `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`

/** Ends a process and everything it started on Windows, where there are no process groups. */
export const killTree = (pid: number): Command => ({
  file: "taskkill",
  args: ["/PID", String(pid), "/T", "/F"]
})
