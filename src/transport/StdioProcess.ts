/** A server as a child process that lives as long as a scope. */
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcessByStdio, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import type { Readable, Writable } from "node:stream"
import { TransportError } from "../client/Transport.ts"
import * as Environment from "./Environment.ts"
import * as Lines from "./Lines.ts"
import * as StdioCommand from "./StdioCommand.ts"
import * as StdioTail from "./StdioTail.ts"
import * as StdioTree from "./StdioTree.ts"

export interface StdioProcessOptions {
  /** A program: a path, or a name that is looked up in PATH. No shell reads it. */
  readonly command: string
  readonly args?: ReadonlyArray<string>
  /** Variables on top of the safe defaults of `Environment`; nothing else of our environment is passed on. */
  readonly env?: Environment.Variables
  readonly cwd?: string
  /** What happens to its stderr: shown on ours (the default), dropped, or given to a function line by line. */
  readonly stderr?: "inherit" | "ignore" | ((line: string) => void)
  /** How long the server may take to leave, after the end of its input and again after SIGTERM: 2 seconds. */
  readonly patience?: Duration.Input
}

/** How a server process ended. */
export interface Ended {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  /** The last lines it wrote to stderr. */
  readonly stderr: ReadonlyArray<string>
}

export interface StdioProcess {
  readonly pid: number
  readonly input: Writable
  readonly output: Readable
  /** Waits until the process has exited and what it said last has been read. */
  readonly ended: Effect.Effect<Ended>
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

const tailLines = 20

/**
 * Starts a server. When the scope closes, its input ends; then come SIGTERM and SIGKILL to its whole process tree if
 * it has not left in time. Fails if the program cannot be started, saying where it was looked for.
 */
export const start = (
  options: StdioProcessOptions
): Effect.Effect<StdioProcess, TransportError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.suspend(() => spawned(options)),
    (server) => leave(server, options.patience ?? "2 seconds")
  )

interface Server extends StdioProcess {
  readonly exited: Effect.Effect<unknown>
}

const spawned = (options: StdioProcessOptions): Effect.Effect<Server, TransportError> => {
  const env = Environment.make(process.platform, process.env, options.env)
  return Effect.callback<Server, TransportError>((resume) => {
    const failed = (cause: unknown) => resume(Effect.fail(unstartable(options, env, cause)))
    try {
      const child = launch(options, env)
      child.once("error", failed)
      child.once("spawn", () => {
        child.off("error", failed)
        child.on("error", () => {})
        resume(Effect.succeed(observe(child, options.stderr ?? "inherit")))
      })
    } catch (cause) {
      failed(cause)
    }
  })
}

const launch = ({ args = [], command, cwd }: StdioProcessOptions, env: Record<string, string>): Child => {
  const { platform } = process
  const around = { platform, env, cwd: cwd ?? process.cwd(), exists: existsSync }
  const resolved = StdioCommand.resolve(command, args, around)
  return spawn(resolved.file, [...resolved.args], {
    env,
    cwd,
    shell: false,
    // Its own process group, so that it can be ended together with everything it starts.
    detached: platform !== "win32",
    windowsHide: true,
    windowsVerbatimArguments: resolved.verbatim === true,
    stdio: ["pipe", "pipe", "pipe"]
  })
}

const observe = (child: Child, stderr: NonNullable<StdioProcessOptions["stderr"]>): Server => {
  const pid = child.pid ?? 0
  const exit = Deferred.makeUnsafe<Pick<Ended, "exitCode" | "signal">>()
  const closed = Deferred.makeUnsafe<void>()
  const tail = StdioTail.make(tailLines)
  StdioTree.remember(pid)
  child.on("exit", (exitCode, signal) => Deferred.doneUnsafe(exit, Effect.succeed({ exitCode, signal })))
  child.on("close", () => Deferred.doneUnsafe(closed, Effect.void))
  child.stderr.on("data", tail.push)
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on("error", () => {})
  if (typeof stderr === "function") hand(child.stderr, stderr)
  else if (stderr === "inherit") forward(child.stderr)
  return {
    pid,
    input: child.stdin,
    output: child.stdout,
    exited: Deferred.await(exit),
    // A grandchild may hold the pipes open for longer than anybody wants to wait.
    ended: Effect.flatMap(Deferred.await(exit), (how) =>
      Effect.as(Effect.timeoutOption(Deferred.await(closed), "100 millis"), how)
    ).pipe(Effect.map((how) => ({ ...how, stderr: tail.lines() })))
  }
}

/** As `pipe` would, but without listeners on our stderr for each server. */
const forward = (stream: Readable) => {
  stream.on("data", (chunk: Uint8Array) => {
    if (process.stderr.write(chunk)) return
    stream.pause()
    process.stderr.once("drain", () => stream.resume())
  })
}

const hand = (stream: Readable, line: (line: string) => void) => {
  const lines = Lines.make({ limit: 64 * 1024, line, bad: () => {} })
  stream.on("data", lines.push)
  stream.on("end", lines.end)
}

const leave = ({ exited, input, output, pid }: Server, patience: Duration.Input) =>
  Effect.gen(function* () {
    input.end()
    // Unread, a full pipe would keep it from leaving.
    output.resume()
    yield* Effect.timeoutOption(exited, patience)
    if (!StdioTree.signal(pid, "SIGTERM")) return
    yield* Effect.timeoutOption(Effect.andThen(exited, gone(pid)), patience)
    if (StdioTree.signal(pid, "SIGKILL")) yield* Effect.timeoutOption(exited, patience)
  }).pipe(Effect.ensuring(Effect.sync(() => StdioTree.forget(pid))))

/** Grandchildren are not ours to wait for, so they are looked for. */
const gone = (pid: number): Effect.Effect<void> =>
  Effect.suspend(() =>
    StdioTree.signal(pid, 0) ? Effect.andThen(Effect.sleep("20 millis"), gone(pid)) : Effect.void
  )

/** Says for a developer why a program did not start, and what to do about it. */
const unstartable = (
  options: StdioProcessOptions,
  env: Record<string, string>,
  cause: unknown
): TransportError => {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
  return new TransportError({
    message: `Cannot start ${commandLine(options)}: ${reason(options, env, code)}`,
    cause
  })
}

const reason = (
  { command, cwd }: StdioProcessOptions,
  env: Record<string, string>,
  code: unknown
): string => {
  if (cwd !== undefined && !existsSync(cwd)) return `the working directory ${cwd} does not exist`
  if (code === "EACCES") return `${command} is not executable`
  if (code !== "ENOENT") return `the operating system refuses (${String(code)})`
  if (/[\\/]/.test(command)) return `there is no file ${command}`
  const path = Environment.get(process.platform, env, "PATH") ?? ""
  return `there is no ${command} in PATH. Give its full path, or a PATH in "env". PATH is ${path}`
}

/** A command as a person would type it. */
export const commandLine = ({ args = [], command }: StdioProcessOptions): string =>
  [command, ...args].map((word) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : JSON.stringify(word))).join(" ")
