/** A server that is started: whether it starts, how it ends, and whether its stdout is clean. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Client from "../../client/Client.ts"
import type { ClientError } from "../../client/ClientError.ts"
import { Outbox } from "../../Connection.ts"
import type * as JsonRpc from "../../protocol/JsonRpc.ts"
import type { Duplex } from "../../transport/Duplex.ts"
import * as StdioClient from "../../transport/StdioClient.ts"
import { record } from "../hosts/Format.ts"
import * as Connect from "../target/Connect.ts"
import type { CommandTarget } from "../target/Target.ts"
import * as Finding from "./Finding.ts"
import * as Raw from "./Raw.ts"

export interface Examined {
  readonly findings: ReadonlyArray<Finding.Finding>
  /** For more questions, if there is somebody to ask. */
  readonly client?: Client.Service
  /** For questions the client would not put. */
  readonly ask?: Ask
}

/** What a server answers, if it answers with a result. */
export type Ask = (method: string) => Effect.Effect<JsonRpc.Params>

/** Somebody waits for the diagnosis. */
const patience = { idle: "15 seconds" } as const

/** Starts it as a host would. `slow` is how many seconds it may take to give its first answer. */
export const examine = Effect.fnUntraced(function* (target: CommandTarget, slow: number) {
  const { args, command, cwd, env } = target
  const opened: Array<Duplex> = []
  const options = { command, args, env, ...(cwd !== undefined && { cwd }), stderr: "ignore" as const }
  const transport = {
    target: target.title,
    open: Effect.tap(StdioClient.open(options), (duplex) => Effect.sync(() => opened.push(duplex)))
  }
  const [took, connected] = yield* Effect.timed(Effect.result(Connect.over(transport, { timeout: patience })))
  const noise = opened.reduce((sum, { counts }) => sum + counts().noise, 0)
  const heard = noise === 0 ? [] : [noisy(noise)]
  if (connected._tag === "Failure") {
    return { findings: [...heard, unusable(connected.failure)] } satisfies Examined
  }
  const seconds = Duration.toSeconds(took)
  const said = `It starts and answers after ${seconds.toFixed(1)} s`
  const start =
    seconds > slow
      ? Finding.warning(
          "slow-start",
          said,
          "Hosts lose patience. mcp install --bundle makes it one file; do slow work after the first answer"
        )
      : Finding.fine("start", said)
  const [line] = opened.slice(-1)
  return {
    findings: [start, ...heard],
    client: connected.success,
    ...(line !== undefined && { ask: asking(line) })
  } satisfies Examined
})

const asking =
  (line: Duplex): Ask =>
  (method) =>
    line.send(Raw.request(`doctor ${method}`, method)).pipe(
      Effect.provideService(Outbox, { say: () => Effect.void }),
      Effect.map((response) => record(record(response)["result"])),
      Effect.timeoutOrElse({ duration: "5 seconds", orElse: () => Effect.succeed({}) }),
      Effect.orElseSucceed(() => ({}))
    )

const noisy = (count: number) =>
  Finding.warning(
    "noise-on-stdout",
    `${count === 1 ? "One line" : `${count} lines`} on its stdout ${count === 1 ? "is no message" : "are no messages"}`,
    "stdout carries the protocol. Print to stderr: console.error, or a logger that writes there"
  )

const unusable = (error: ClientError): Finding.Finding => {
  const { exitCode, signal, stderr } = record("cause" in error ? error.cause : undefined)
  const said = Array.isArray(stderr) && stderr.length > 0 ? `:\n${stderr.join("\n")}` : ""
  if (error._tag === "NegotiationError")
    return Finding.error("version", error.message, "Client and server need a revision in common")
  if (error._tag !== "TransportError")
    return Finding.error("no-answer", error.message, "It runs, and does not answer as the protocol says")
  if (error.message.startsWith("Cannot start"))
    return Finding.error("cannot-start", error.message, "Hosts need a full path, or a PATH in env")
  return typeof exitCode === "number" || typeof signal === "string"
    ? Finding.error(
        "exits",
        `It ends with ${typeof exitCode === "number" ? `exit code ${exitCode}` : String(signal)}${said}`,
        "A server runs until its input ends. What it said on stderr tells why this one does not"
      )
    : Finding.error("no-answer", error.message, "It closes its streams, or does not speak the protocol")
}
