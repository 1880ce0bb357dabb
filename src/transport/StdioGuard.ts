/**
 * Takes the standard streams of this process away from everything but the protocol.
 *
 * Whatever else writes to stdout ends up on stderr, with one hint that names the first culprit: `console`, stray
 * `process.stdout.write`, loggers that write to file descriptor 1, and children that would inherit it. Children that
 * would inherit stdin get an empty one, so that they cannot eat messages.
 *
 * Not covered: native code that writes to the descriptor, `/dev/stdout` opened as a file, and direct descriptor
 * writes of worker threads.
 */
import childProcess from "node:child_process"
import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import type { Write } from "./StdioChannel.ts"

/**
 * The claim is a fact about the process and outlives every scope: finalizers of the program may still print. It is
 * kept on the stream itself, so that another copy of this package finds it.
 */
interface Claim {
  readonly write: Write
  serving: boolean
}

const key = Symbol.for("mcp-effect/transport/StdioGuard")

const stream = (): NodeJS.WriteStream & { [key]?: Claim } => process.stdout

const held = (): Claim => {
  const stdout = stream()
  return (stdout[key] ??= { write: take(stdout, process.stderr), serving: false })
}

/** Takes the streams away, once, and gives back how to write to the real stdout. */
export const claim = (): Write => held().write

/** The same for somebody who is going to serve over them. */
export const serve = (): Write => {
  const mine = held()
  mine.serving = true
  return mine.write
}

/** Whether somebody in this process serves over the standard streams, or is about to. */
export const isServing = (): boolean => stream()[key]?.serving === true

const take = (stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Write => {
  const write: Write = stdout.write.bind(stdout)
  const hint = once(() => stderr.write(`${warning} (${culprit(new Error().stack)})\n`))
  const divert = (...rest: Parameters<NodeJS.WriteStream["write"]>) => {
    hint()
    return stderr.write(...rest)
  }
  stdout.write = divert as NodeJS.WriteStream["write"]
  stdout.end = ((...rest: Parameters<NodeJS.WriteStream["write"]>) => {
    if (typeof rest[0] === "string" || rest[0] instanceof Uint8Array) divert(...rest)
    return stdout
  }) as NodeJS.WriteStream["end"]
  // A host that closes our stderr must not end us through an uncaught error.
  stderr.on("error", () => {})
  divertDescriptor(hint)
  divertChildren(hint)
  syncBuiltinESMExports()
  return write
}

const divertDescriptor = (hint: () => void) => {
  replace(fs, ["write", "writeSync", "writev", "writevSync"], (args) => {
    if (args[0] !== 1) return args
    hint()
    return [2, ...args.slice(1)]
  })
}

/** Every asynchronous way to start a child ends in one method; the synchronous ways have nothing in common. */
const divertChildren = (hint: () => void) => {
  const rewrite = (args: ReadonlyArray<unknown>) => args.map((argument) => withSafeStdio(argument, hint))
  replace(childProcess.ChildProcess.prototype, ["spawn"], rewrite)
  replace(childProcess, ["spawnSync", "execSync", "execFileSync"], rewrite)
}

const withSafeStdio = (argument: unknown, hint: () => void): unknown => {
  if (typeof argument !== "object" || argument === null || Array.isArray(argument)) return argument
  if (!("stdio" in argument) || argument.stdio === undefined || argument.stdio === null) return argument
  const stdio = safeStdio(argument.stdio)
  if (Array.isArray(stdio) && stdio[1] === 2) hint()
  return { ...argument, stdio }
}

/** The `stdio` option of a child, with the descriptors that carry the protocol replaced. */
export const safeStdio = (stdio: unknown): unknown => {
  const all = stdio === "inherit" ? ["inherit", "inherit", "inherit"] : stdio
  return Array.isArray(all) ? all.map(safeEntry) : all
}

const safeEntry = (entry: unknown, index: number): unknown => {
  const descriptor = entry === "inherit" ? index : descriptorOf(entry)
  return descriptor === 0 ? "ignore" : descriptor === 1 ? 2 : entry
}

const descriptorOf = (entry: unknown): unknown =>
  typeof entry === "object" && entry !== null && "fd" in entry ? entry.fd : entry

const replace = <A extends object>(
  owner: A,
  names: ReadonlyArray<string>,
  change: (args: ReadonlyArray<unknown>) => ReadonlyArray<unknown>
) => {
  for (const name of names) {
    const original: unknown = Reflect.get(owner, name)
    if (typeof original !== "function") continue
    const changed = function (this: unknown, ...args: ReadonlyArray<unknown>): unknown {
      return Reflect.apply(original, this, change(args))
    }
    Reflect.set(owner, name, Object.assign(changed, original))
  }
}

const warning =
  "mcp-effect: stdout carries the protocol; what else is written to it goes to stderr. Write to stderr, or use Effect.log"

/** The first place of a stack that is neither in Node, nor in Effect, nor in this file. */
export const culprit = (stack = ""): string =>
  stack
    .split("\n")
    .map((line) => line.trim())
    .find((line) => place.test(line) && !ours.test(line)) ?? "at an unknown place"

const place = /^at .*[\\/].*:\d+:\d+\)?$/
const ours = /\(node:|at node:|[\\/]effect[\\/](dist|src)[\\/]|StdioGuard\.[jt]s/

const once = (effect: () => void) => {
  let done = false
  return () => {
    if (done) return
    done = true
    effect()
  }
}
