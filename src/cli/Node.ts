/** What the commands need from the machine, as Node gives it. Nothing else in here knows about Node. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as UserDirectories from "effect/persistence/UserDirectories"
import * as Terminal from "effect/Terminal"
import { homedir } from "node:os"
import { fileURLToPath } from "node:url"
import * as Failure from "./Failure.ts"
import { Machine } from "./Machine.ts"
import * as NodeLineEditor from "./NodeLineEditor.ts"
import type { Services } from "./Program.ts"
import { teardown } from "./Teardown.ts"

const services = (version: string, serving: () => void): Layer.Layer<Services> =>
  Layer.mergeAll(
    Layer.merge(NodeServices.layer, terminal),
    UserDirectories.layer,
    NodeLineEditor.layer,
    Layer.sync(Machine, () => ({
      version,
      platform: process.platform,
      env: process.env,
      home: homedir(),
      cwd: process.cwd(),
      self: {
        command: process.execPath,
        args: [...process.execArgv, fileURLToPath(new URL(`main${extension}`, import.meta.url))]
      },
      serving,
      draw: (text) => void process.stderr.write(text),
      terminals: {
        stdin: process.stdin.isTTY === true,
        stdout: process.stdout.isTTY === true,
        stderr: process.stderr.isTTY === true
      }
    }))
  )

/**
 * Prompts are drawn on stderr: stdout is for results, and may go elsewhere. Whoever reads keys lets go of the terminal
 * when the last is read, not some time later: somebody else may be reading lines by then.
 */
const terminal = Layer.effect(
  Terminal.Terminal,
  Effect.map(NodeTerminal.make(), (base) =>
    Terminal.make({
      ...base,
      columns: Effect.sync(() => process.stderr.columns ?? process.stdout.columns ?? 0),
      display: (text) => Effect.sync(() => void process.stderr.write(text)),
      readInput: Effect.flatMap(NodeTerminal.make(), ({ readInput }) => readInput)
    })
  )
)

/** Of this very file: the sources run as well as what is built from them. */
const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js"

/** Ends when stdout takes nothing any more: whoever reads it may have read enough, which is no failure. */
const unread = Effect.callback<void, Failure.Failure>((resume) => {
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return resume(Effect.void)
    const why = `Cannot write to stdout: ${message}`
    process.stderr.write(`error: ${why}\n`)
    resume(Effect.fail(Failure.usage(why)))
  })
})

/** Runs a program that has reported its own failures, as the whole process. */
export const launch = <E>(program: Effect.Effect<void, E, Services>, version: string): void => {
  process.stderr.on("error", () => {})
  let isServer = false
  const serving = () => {
    isServer = true
  }
  NodeRuntime.runMain(Effect.raceFirst(Effect.provide(program, services(version, serving)), unread), {
    teardown: (exit, onExit) =>
      isServer && Exit.hasInterrupts(exit) ? teardown(Exit.void, onExit) : teardown(exit, onExit)
  })
}
