/**
 * Suggestions for the arguments of prompts and the variables of resource templates.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/completion
 */
import * as Schema from "effect/Schema"
import { requestOf, requestParams, responseOf, result } from "./Envelope.ts"
import { baseMetadata } from "./Icon.ts"
import { open, optional } from "./Open.ts"

export const PromptReference = open({ type: Schema.Literal("ref/prompt"), ...baseMetadata })
export const ResourceTemplateReference = open({ type: Schema.Literal("ref/resource"), uri: Schema.String })

export const CompleteRequestParams = open({
  ...requestParams,
  ref: Schema.Union([PromptReference, ResourceTemplateReference]),
  argument: open({ name: Schema.String, value: Schema.String }),
  /** What is settled already. */
  context: optional(open({ arguments: optional(Schema.Record(Schema.String, Schema.String)) }))
})
export const CompleteRequest = requestOf("completion/complete", CompleteRequestParams)

/** At most 100 values, best first. */
export const CompleteResult = open({
  ...result,
  completion: open({
    values: Schema.Array(Schema.String).check(Schema.isMaxLength(100)),
    total: optional(Schema.Int),
    hasMore: optional(Schema.Boolean)
  })
})
export type CompleteResult = typeof CompleteResult.Type
export const CompleteResultResponse = responseOf(CompleteResult)
