/** What requests of a client take and result in, by the names an application uses. */
import type * as Content from "../protocol/Content.ts"
import type { CompleteResult as CompleteResultSchema } from "../protocol/Completion.ts"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { LoggingLevel } from "../protocol/Logging.ts"
import type * as Methods from "../protocol/Methods.ts"

export type { ContentBlock } from "../protocol/Content.ts"
export type { Prompt, PromptMessage } from "../protocol/Prompt.ts"
export type { Resource, ResourceTemplate } from "../protocol/Resource.ts"
export type { CallToolResult, Tool } from "../protocol/Tool.ts"

type Requests = typeof Methods.fromClient & typeof Methods.fromClientStateful

/** Params of a method; its `_meta` is written by the client. Those of unknown methods can be anything. */
export type Params<M extends string> = M extends keyof Requests
  ? Stampless<Requests[M]["params"]["Type"]>
  : JsonRpc.Params
type Stampless<P> = { readonly [K in keyof P as K extends "_meta" ? never : K]: P[K] }

/** The result of a method in the newest revision. Those of unknown methods can be anything. */
export type Result<M extends string> = M extends keyof Requests
  ? Requests[M]["result"]["Type"]
  : JsonRpc.Params

export type ListToolsResult = Result<"tools/list">
export type ListResourcesResult = Result<"resources/list">
export type ListResourceTemplatesResult = Result<"resources/templates/list">
export type ListPromptsResult = Result<"prompts/list">
export type GetPromptResult = Result<"prompts/get">
export interface ReadResourceResult {
  readonly contents: ReadonlyArray<ResourceContents>
  readonly ttlMs: number
  readonly cacheScope: "public" | "private"
  readonly _meta?: JsonRpc.Params
}

/** Text or base64, told apart by `"text" in contents`. */
export type ResourceContents = {
  readonly uri: string
  readonly mimeType?: string
  readonly _meta?: JsonRpc.Params
} & ({ readonly text: string } | { readonly blob: string })

/** What to complete an argument of. */
export type Reference =
  | { readonly type: "ref/prompt"; readonly name: string }
  | { readonly type: "ref/resource"; readonly uri: string }
export type Completion = (typeof CompleteResultSchema.Type)["completion"]

export type Role = Content.Role
export type LogLevel = LoggingLevel
export interface LogMessage {
  readonly level: LogLevel
  readonly logger?: string
  readonly data: unknown
}
