/** A client of a target, and what went wrong in the words of the command line. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ClientError } from "../../client/ClientError.ts"
import * as Client from "../../client/Client.ts"
import { Transport, type TransportError } from "../../client/Transport.ts"
import * as McpError from "../../protocol/McpError.ts"
import * as StdioClient from "../../transport/StdioClient.ts"
import * as StdioProcess from "../../transport/StdioProcess.ts"
import type * as Authorized from "../auth/Authorized.ts"
import * as Unasked from "../auth/Unasked.ts"
import * as Insufficient from "../doctor/Insufficient.ts"
import * as Failure from "../Failure.ts"
import * as Format from "../hosts/Format.ts"
import { Machine } from "../Machine.ts"
import { printable } from "../terminal/Style.ts"
import type { Target } from "./Target.ts"

/** What a command wants to be different from the usual client. */
export interface Options<out R = never> extends Omit<Client.Options<R>, "name" | "version"> {
  /** Hears each line the server writes to stderr. */
  readonly stderr?: (line: string) => void
}

export type Services = Machine | Authorized.Services

/** Connects for as long as the scope lasts. */
export const connect = Effect.fnUntraced(function* <R = never>(
  target: Target,
  { stderr, ...options }: Options<R> = {}
): Effect.fn.Return<Client.Service, Failure.Failure, Services | Scope.Scope | R> {
  return yield* Effect.mapError(over(yield* transportTo(target, stderr), options), (error) =>
    failure(error, target)
  )
})

/** The client of the command line, over any transport. */
export const over = Effect.fnUntraced(function* <R = never>(
  transport: Transport["Service"],
  options: Omit<Options<R>, "stderr"> = {}
): Effect.fn.Return<Client.Service, ClientError, Machine | Scope.Scope | R> {
  const { version } = yield* Machine
  return yield* Effect.provideService(Client.make({ name: "mcp", version, ...options }), Transport, transport)
})

const transportTo = (target: Target, stderr: Options["stderr"]) => {
  if (target._tag === "Command") {
    const { args, command, cwd, env } = target
    return Effect.succeed(
      StdioClient.make({ command, args, env, ...(cwd !== undefined && { cwd }), stderr: stderr ?? "ignore" })
    )
  }
  return Effect.promise(() => import("./Http.ts")).pipe(Effect.flatMap(({ make }) => make(target)))
}

/** Exit code and words for what a client can run into. */
export const failure = (error: ClientError, target?: Target): Failure.Failure => {
  switch (error._tag) {
    case "McpError": {
      const reference = Format.record(error.data)["reference"]
      return new Failure.Failure({
        kind: "protocol",
        message: `The server refuses: ${error.message} (${error.code})`,
        data: error.fault,
        ...(error.code === McpError.code.MethodNotFound && {
          hint: "mcp inspect shows what the server is capable of"
        }),
        ...(typeof reference === "string" && { hint: `Its log has the cause, under ${printable(reference)}` })
      })
    }
    case "InvalidResponse":
      return new Failure.Failure({ kind: "protocol", message: error.message })
    case "TransportError": {
      const login = Unasked.of(error.cause)
      const lacking = login && Insufficient.within(error.cause, login.server)
      if (lacking !== undefined) return Failure.make("connection", lacking.message, lacking.remedy)
      return new Failure.Failure({
        kind: "connection",
        message: named(error.message, target),
        // How a process ended, and what it said last.
        ...(Format.isRecord(error.cause) && "stderr" in error.cause && { data: error.cause }),
        ...hint(error, login)
      })
    }
    case "NegotiationError":
    case "RequestTimeout":
      return new Failure.Failure({ kind: "connection", message: error.message })
  }
}

/** Whoever named a file has not written the command that runs it, and need not read it. */
const named = (message: string, target: Target | undefined): string =>
  target?._tag === "Command" ? message.replace(StdioProcess.commandLine(target), () => target.title) : message

const hint = (
  { message }: TransportError,
  login: Unasked.Unasked | undefined
): { readonly hint?: string } => {
  if (/: HTTP 40[45]\b/.test(message)) {
    return { hint: "Is the path right? mcp doctor finds out which one there is" }
  }
  if (!/\b401\b/.test(message)) return {}
  const header = '--header "Authorization: Bearer ..."'
  return {
    hint:
      login === undefined
        ? `It wants to know who you are: ${header}`
        : `Sign in first: mcp auth login ${login.server} (or ${header})`
  }
}
