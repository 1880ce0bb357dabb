/**
 * What a subscription wants to hear.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions#notification-filter
 */
import * as JsonRpc from "../protocol/JsonRpc.ts"
import type { Notice } from "./Notices.ts"

export interface Filter {
  readonly toolsListChanged?: boolean
  readonly promptsListChanged?: boolean
  readonly resourcesListChanged?: boolean
  /** URIs of resources; a change of something inside one of them counts. */
  readonly resourceSubscriptions?: ReadonlyArray<string>
}

type ListField = Exclude<keyof Filter, "resourceSubscriptions">

const fields = new Map<string, ListField>([
  ["notifications/tools/list_changed", "toolsListChanged"],
  ["notifications/prompts/list_changed", "promptsListChanged"],
  ["notifications/resources/list_changed", "resourcesListChanged"]
])

/** Whether the filter wants this notice. */
export const matches = (filter: Filter, { method, params }: Notice): boolean => {
  const field = fields.get(method)
  if (field !== undefined) return filter[field] === true
  return (
    method === "notifications/resources/updated" &&
    isWithin(filter.resourceSubscriptions ?? [], params["uri"])
  )
}

const isWithin = (subscribed: ReadonlyArray<string>, uri: unknown) =>
  typeof uri === "string" && subscribed.some((outer) => uri === outer || uri.startsWith(`${outer}/`))

/** The filter a server acknowledged. What cannot be read was not granted. */
export const read = (value: unknown): Filter => {
  if (!JsonRpc.isObject(value)) return {}
  const uris = value["resourceSubscriptions"]
  const lists = [...fields.values()].filter((field) => value[field] === true)
  return {
    ...Object.fromEntries(lists.map((field) => [field, true])),
    ...(Array.isArray(uris) && { resourceSubscriptions: uris.filter((uri) => typeof uri === "string") })
  }
}

/** What a server of the stateful era grants of a filter by the capabilities it declared. */
export const granted = (filter: Filter, capabilities: JsonRpc.Params): Filter => {
  const declares = (feature: string, flag: string) => {
    const declared = capabilities[feature]
    return JsonRpc.isObject(declared) && declared[flag] === true
  }
  const { promptsListChanged, resourceSubscriptions, resourcesListChanged, toolsListChanged } = filter
  return {
    ...(toolsListChanged && declares("tools", "listChanged") && { toolsListChanged }),
    ...(promptsListChanged && declares("prompts", "listChanged") && { promptsListChanged }),
    ...(resourcesListChanged && declares("resources", "listChanged") && { resourcesListChanged }),
    ...(resourceSubscriptions && declares("resources", "subscribe") && { resourceSubscriptions })
  }
}
