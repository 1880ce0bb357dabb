/**
 * A child process together with everything it started.
 *
 * On POSIX a server is the leader of its own process group, which its children join unless they leave on purpose.
 * Windows has no such groups; `taskkill /T` follows parents to children, and only while the parent lives.
 */
import { spawnSync } from "node:child_process"
import { killTree } from "./StdioCommand.ts"

/** Servers that still run. If this process exits without closing their scopes, they are killed. */
const running = new Set<number>()

const killRunning = () => {
  for (const pid of running) signal(pid, "SIGKILL")
}

/** Remembers a server until `forget`, so that it does not outlive this process. */
export const remember = (pid: number): void => {
  if (running.size === 0) process.on("exit", killRunning)
  running.add(pid)
}

export const forget = (pid: number): void => {
  running.delete(pid)
  if (running.size === 0) process.off("exit", killRunning)
}

/** Signals the tree; tells whether anything of it was left to be signalled. */
export const signal = (pid: number, name: NodeJS.Signals | 0): boolean =>
  process.platform === "win32" ? signalWindows(pid, name) : signalGroup(pid, name)

const signalGroup = (pid: number, name: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(-pid, name)
  } catch {
    return false
  }
}

const signalWindows = (pid: number, name: NodeJS.Signals | 0): boolean => {
  if (name === 0) return false
  const { args, file } = killTree(pid)
  return spawnSync(file, args, { stdio: "ignore", windowsHide: true }).status === 0
}
