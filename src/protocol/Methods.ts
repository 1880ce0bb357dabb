/** Every request and notification of every revision in one table each, in the words of the newest that has them. */
import type * as Schema from "effect/Schema"
import * as Completion from "./Completion.ts"
import * as Discovery from "./Discovery.ts"
import * as Elicitation from "./Elicitation.ts"
import * as Envelope from "./Envelope.ts"
import * as Logging from "./Logging.ts"
import * as Page from "./Page.ts"
import * as Prompt from "./Prompt.ts"
import * as Request from "./Request.ts"
import * as Resource from "./Resource.ts"
import * as Roots from "./Roots.ts"
import * as Sampling from "./Sampling.ts"
import * as Stateful from "./Stateful.ts"
import * as Subscription from "./Subscription.ts"
import * as Tasks2025 from "./Tasks2025.ts"
import * as Tool from "./Tool.ts"

export interface Method<out Params extends Schema.Constraint, out Result extends Schema.Constraint> {
  readonly params: Params
  readonly result: Result
  /** Whether the server may answer with questions of its own. */
  readonly mayAsk?: true
  /** Whether the result says how long it may be kept. */
  readonly cacheable?: true
}

type Table = { readonly [method: string]: Method<Schema.Constraint, Schema.Constraint> }

/** Requests from client to server. */
export const fromClient = {
  "server/discover": { params: Envelope.RequestParams, result: Discovery.DiscoverResult, cacheable: true },
  "subscriptions/listen": {
    params: Subscription.SubscriptionsListenRequestParams,
    result: Subscription.SubscriptionsListenResult
  },
  "tools/list": { params: Page.PaginatedRequestParams, result: Tool.ListToolsResult, cacheable: true },
  "tools/call": { params: Tool.CallToolRequestParams, result: Tool.CallToolResult, mayAsk: true },
  "resources/list": {
    params: Page.PaginatedRequestParams,
    result: Resource.ListResourcesResult,
    cacheable: true
  },
  "resources/templates/list": {
    params: Page.PaginatedRequestParams,
    result: Resource.ListResourceTemplatesResult,
    cacheable: true
  },
  "resources/read": {
    params: Resource.ReadResourceRequestParams,
    result: Resource.ReadResourceResult,
    mayAsk: true,
    cacheable: true
  },
  "prompts/list": { params: Page.PaginatedRequestParams, result: Prompt.ListPromptsResult, cacheable: true },
  "prompts/get": { params: Prompt.GetPromptRequestParams, result: Prompt.GetPromptResult, mayAsk: true },
  "completion/complete": { params: Completion.CompleteRequestParams, result: Completion.CompleteResult }
} as const satisfies Table

/** Requests from client to server that only the stateful revisions have. */
export const fromClientStateful = {
  initialize: { params: Stateful.InitializeRequestParams, result: Stateful.InitializeResult },
  ping: { params: Stateful.Nothing, result: Stateful.Nothing },
  "logging/setLevel": { params: Stateful.SetLevelRequestParams, result: Stateful.Nothing },
  "resources/subscribe": { params: Stateful.SubscribeRequestParams, result: Stateful.Nothing },
  "resources/unsubscribe": { params: Stateful.UnsubscribeRequestParams, result: Stateful.Nothing },
  "tasks/get": { params: Tasks2025.TaskIdParams, result: Tasks2025.GetTaskResult },
  "tasks/list": { params: Tasks2025.ListTasksParams, result: Tasks2025.ListTasksResult },
  "tasks/result": { params: Tasks2025.TaskIdParams, result: Tasks2025.GetTaskPayloadResult },
  "tasks/cancel": { params: Tasks2025.TaskIdParams, result: Tasks2025.CancelTaskResult }
} as const satisfies Table

/** Questions a server puts: entries of `inputRequests` since 2026-07-28, requests of their own before. */
export const questions = {
  "elicitation/create": { params: Elicitation.ElicitRequestParams, result: Elicitation.ElicitResult },
  "sampling/createMessage": {
    params: Sampling.CreateMessageRequestParams,
    result: Sampling.CreateMessageResult
  },
  "roots/list": { params: Stateful.Nothing, result: Roots.ListRootsResult }
} as const satisfies Table

/** The params of every notification, in either direction. */
export const notifications = {
  "notifications/cancelled": Request.CancelledNotificationParams,
  "notifications/progress": Request.ProgressNotificationParams,
  "notifications/message": Logging.LoggingMessageNotificationParams,
  "notifications/tools/list_changed": Envelope.NotificationParams,
  "notifications/prompts/list_changed": Envelope.NotificationParams,
  "notifications/resources/list_changed": Envelope.NotificationParams,
  "notifications/resources/updated": Resource.ResourceUpdatedNotificationParams,
  "notifications/subscriptions/acknowledged": Subscription.SubscriptionsAcknowledgedNotificationParams,
  "notifications/initialized": Stateful.Nothing,
  "notifications/roots/list_changed": Stateful.Nothing,
  "notifications/elicitation/complete": Stateful.ElicitationCompleteNotificationParams,
  "notifications/tasks/status": Tasks2025.TaskStatusNotificationParams
} as const satisfies { readonly [method: string]: Schema.Constraint }

/** The methods a client may call in the newest revision, and what they take and give. */
export type Name = keyof typeof fromClient
export type Params<M extends Name> = (typeof fromClient)[M]["params"]["Type"]
export type Result<M extends Name> = (typeof fromClient)[M]["result"]["Type"]
