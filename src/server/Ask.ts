/**
 * Questions a handler may put to the client, written in direct style.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { McpError } from "../protocol/McpError.ts"

/** One question, in the shape of an entry of `inputRequests`. */
export interface Question {
  readonly method: "elicitation/create" | "sampling/createMessage" | "roots/list"
  readonly params: JsonRpc.Params
}

export class Ask extends Context.Service<
  Ask,
  {
    /** The client's raw answer: an ElicitResult, CreateMessageResult or ListRootsResult. */
    readonly answer: (question: Question) => Effect.Effect<unknown, McpError>
    /** Runs the effect once per logical call, however many rounds of questions the call takes. */
    readonly once: <A, E, R>(
      name: string,
      schema: Schema.Codec<A, unknown>,
      effect: Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | McpError, R>
  }
>()("mcp-effect/server/Ask") {}
