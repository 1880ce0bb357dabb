/** A client of a target, and what went wrong in the words of the command line. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ClientError } from "../../client/ClientError.ts"
import * as Client from "../../client/Client.ts"
import { Transport } from "../../client/Transport.ts"
import * as StdioClient from "../../transport/StdioClient.ts"
import { Failure } from "../Failure.ts"
import { Machine } from "../Machine.ts"
import type { Target } from "./Target.ts"

/** What a command wants to be different from the usual client. */
export interface Options extends Omit<Client.Options, "name" | "version"> {
  /** Hears each line the server writes to stderr. */
  readonly stderr?: (line: string) => void
}

/** Connects for as long as the scope lasts. */
export const connect = Effect.fnUntraced(function* (
  { args, command, cwd, env }: Target,
  { stderr, ...options }: Options = {}
): Effect.fn.Return<Client.Service, Failure, Machine | Scope.Scope> {
  const { version } = yield* Machine
  const transport = StdioClient.make({
    command,
    args,
    env,
    ...(cwd !== undefined && { cwd }),
    stderr: stderr ?? "ignore"
  })
  return yield* Client.make({ name: "mcp", version, ...options }).pipe(
    Effect.provideService(Transport, transport),
    Effect.mapError(failure)
  )
})

/** Exit code and words for what a client can run into. */
export const failure = (error: ClientError): Failure => {
  switch (error._tag) {
    case "McpError":
      return new Failure({
        kind: "protocol",
        message: `The server refuses: ${error.message} (${error.code})`,
        data: error.fault
      })
    case "InvalidResponse":
      return new Failure({ kind: "protocol", message: error.message })
    case "TransportError":
    case "NegotiationError":
    case "RequestTimeout":
      return new Failure({ kind: "connection", message: error.message })
  }
}
