/**
 * Multi round-trip requests: a result that asks for input, and the answers a retry brings.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr
 */
import * as Schema from "effect/Schema"
import { ElicitRequest, ElicitResult } from "./Elicitation.ts"
import { result } from "./Envelope.ts"
import { open, optional } from "./Open.ts"
import { ListRootsRequest, ListRootsResult } from "./Roots.ts"
import { CreateMessageRequest, CreateMessageResult } from "./Sampling.ts"

export const InputRequest = Schema.Union([ElicitRequest, CreateMessageRequest, ListRootsRequest])
export const InputResponse = Schema.Union([ElicitResult, CreateMessageResult, ListRootsResult])

/** Questions by a key the server chose. */
export const InputRequests = Schema.Record(Schema.String, InputRequest)
/** Answers by the key of their question. */
export const InputResponses = Schema.Record(Schema.String, InputResponse)

/** At least one of the two is there. */
export const InputRequiredResult = open({
  ...result,
  inputRequests: optional(InputRequests),
  /** Opaque to the client. */
  requestState: optional(Schema.String)
})
export type InputRequiredResult = typeof InputRequiredResult.Type

/** What a retry adds to the params of the request it repeats. */
export const inputResponses = {
  inputResponses: optional(InputResponses),
  requestState: optional(Schema.String)
}
