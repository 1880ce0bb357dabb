/** A client of a target, and what went wrong in the words of the command line. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ClientError } from "../../client/ClientError.ts"
import * as Client from "../../client/Client.ts"
import { Transport, type TransportError } from "../../client/Transport.ts"
import * as StdioClient from "../../transport/StdioClient.ts"
import type * as Authorized from "../auth/Authorized.ts"
import * as Unasked from "../auth/Unasked.ts"
import * as Failure from "../Failure.ts"
import * as Format from "../hosts/Format.ts"
import { Machine } from "../Machine.ts"
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
  return yield* Effect.mapError(over(yield* transportTo(target, stderr), options), failure)
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
  const { headers, url } = target
  return Effect.promise(() => import("./Http.ts")).pipe(Effect.flatMap(({ make }) => make(url, headers)))
}

/** Exit code and words for what a client can run into. */
export const failure = (error: ClientError): Failure.Failure => {
  switch (error._tag) {
    case "McpError":
      return new Failure.Failure({
        kind: "protocol",
        message: `The server refuses: ${error.message} (${error.code})`,
        data: error.fault
      })
    case "InvalidResponse":
      return new Failure.Failure({ kind: "protocol", message: error.message })
    case "TransportError":
      return new Failure.Failure({
        kind: "connection",
        message: error.message,
        // How a process ended, and what it said last.
        ...(Format.isRecord(error.cause) && "stderr" in error.cause && { data: error.cause }),
        ...hint(error)
      })
    case "NegotiationError":
    case "RequestTimeout":
      return new Failure.Failure({ kind: "connection", message: error.message })
  }
}

const hint = ({ cause, message }: TransportError): { readonly hint?: string } => {
  const login = Unasked.of(cause)
  if (login !== undefined && /\b403\b/.test(message)) {
    return { hint: `Sign in for more: mcp auth login ${login.server} --scope SCOPE` }
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
