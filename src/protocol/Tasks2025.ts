/**
 * The experimental tasks of 2025-11-25. (The tasks of 2026-07-28 are an extension and have other shapes.)
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/tasks
 */
import * as Schema from "effect/Schema"
import { JsonObject, open, optional } from "./Open.ts"

const meta = { _meta: optional(JsonObject) }

/** How a request asks to be run as a task; `ttl` in milliseconds. */
export const TaskMetadata = open({ ttl: optional(Schema.Int) })
export const RelatedTaskMetadata = open({ taskId: Schema.String })
export const ToolExecution = open({
  taskSupport: optional(Schema.Literals(["forbidden", "optional", "required"]))
})

export const TaskStatus = Schema.Literals(["working", "input_required", "completed", "failed", "cancelled"])

const task = {
  taskId: Schema.String,
  status: TaskStatus,
  statusMessage: optional(Schema.String),
  createdAt: Schema.String,
  lastUpdatedAt: Schema.String,
  ttl: Schema.NullOr(Schema.Int),
  pollInterval: optional(Schema.Int)
}

export const Task = open(task)
export const CreateTaskResult = open({ ...meta, task: Task })
export const TaskIdParams = open({ ...meta, taskId: Schema.String })
export const GetTaskResult = open({ ...meta, ...task })
export const CancelTaskResult = GetTaskResult
export const ListTasksParams = open({ ...meta, cursor: optional(Schema.String) })
export const ListTasksResult = open({
  ...meta,
  tasks: Schema.Array(Task),
  nextCursor: optional(Schema.String)
})
/** Whatever the request the task stands for would have returned. */
export const GetTaskPayloadResult = open(meta)
export const TaskStatusNotificationParams = open({ ...meta, ...task })
