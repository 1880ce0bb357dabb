/**
 * Results that the server said may be kept. A cache belongs to one client, and is empty again when that client is
 * somebody else: nothing is shared with anybody. A change notice makes what it is about stale at once, also for
 * answers that are on their way when it comes.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/caching
 */
import type * as Clock from "effect/Clock"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Methods from "../protocol/Methods.ts"
import type { Notice } from "./Notices.ts"

export interface Cache {
  /** The kept result of this very request, if it is still fresh. */
  readonly get: (method: string, params: JsonRpc.Params) => JsonRpc.Params | undefined
  /** Call before sending; the result is kept by what this returns, unless it went stale meanwhile. */
  readonly keep: (method: string, params: JsonRpc.Params) => (result: JsonRpc.Params) => void
  /** Drops what a change notice is about. */
  readonly notice: (notice: Notice) => void
  /** Drops every result of a method. */
  readonly drop: (method: string) => void
  readonly clear: () => void
  readonly isEmpty: () => boolean
}

export interface Options {
  /** The most results to keep; the one unused for longest goes first. */
  readonly capacity?: number
}

interface Entry {
  readonly result: JsonRpc.Params
  readonly until: number
  readonly uri: unknown
}

export const cacheable: ReadonlySet<string> = new Set(
  Object.entries(Methods.fromClient).flatMap(([method, entry]) => ("cacheable" in entry ? [method] : []))
)

const lists = new Map<string, ReadonlyArray<string>>([
  ["notifications/tools/list_changed", ["tools/list"]],
  ["notifications/prompts/list_changed", ["prompts/list"]],
  ["notifications/resources/list_changed", ["resources/list", "resources/templates/list"]]
])

const nothing = () => undefined

/** `authority` is another value when requests are made in another name. */
export const make = (
  clock: Clock.Clock,
  { capacity = 1000 }: Options = {},
  authority: () => unknown = nothing
): Cache => {
  const methods = new Map<string, Map<string, Entry>>()
  const changes = new Map<string, number>()
  let size = 0
  let owner = authority()

  const entriesOf = (method: string) => {
    const entries = methods.get(method) ?? new Map<string, Entry>()
    methods.set(method, entries)
    return entries
  }
  const remove = (entries: Map<string, Entry>, key: string) => {
    if (entries.delete(key)) size--
  }
  const drop = (method: string) => {
    changes.set(method, (changes.get(method) ?? 0) + 1)
    size -= methods.get(method)?.size ?? 0
    methods.delete(method)
  }
  const dropRead = (uri: unknown) => {
    changes.set("resources/read", (changes.get("resources/read") ?? 0) + 1)
    const entries = entriesOf("resources/read")
    for (const [key, entry] of entries) if (covers(uri, entry.uri)) remove(entries, key)
  }
  const clear = () => {
    for (const method of cacheable) drop(method)
  }
  const identify = () => {
    const now = authority()
    if (now === owner) return
    owner = now
    clear()
  }
  const makeRoom = () => {
    for (const entries of methods.values()) {
      for (const key of entries.keys()) {
        if (size < capacity) return
        remove(entries, key)
      }
    }
  }

  return {
    get: (method, params) => {
      identify()
      const entries = methods.get(method)
      if (entries === undefined) return undefined
      const key = keyOf(params)
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      if (clock.currentTimeMillisUnsafe() < entry.until) return entry.result
      remove(entries, key)
      return undefined
    },
    keep: (method, params) => {
      if (capacity === 0 || !cacheable.has(method) || "inputResponses" in params || "requestState" in params)
        return nothing
      identify()
      const seen = changes.get(method)
      return (result) => {
        identify()
        const { resultType, ttlMs } = result
        if (typeof ttlMs !== "number" || !(ttlMs > 0) || changes.get(method) !== seen) return
        if (resultType !== undefined && resultType !== "complete") return
        const entries = entriesOf(method)
        const key = keyOf(params)
        remove(entries, key)
        makeRoom()
        entries.set(key, { result, until: clock.currentTimeMillisUnsafe() + ttlMs, uri: params["uri"] })
        size++
      }
    },
    notice: ({ method, params }) => {
      for (const list of lists.get(method) ?? []) drop(list)
      if (method === "notifications/resources/updated") dropRead(params["uri"])
    },
    drop,
    clear,
    isEmpty: () => size === 0
  }
}

/** Whether a notice about one URI is about another: the same resource, or one inside it. */
const covers = (changed: unknown, kept: unknown) =>
  typeof changed !== "string" ||
  typeof kept !== "string" ||
  changed === kept ||
  changed.startsWith(`${kept}/`)

/** The params that affect the result, in any order. `_meta` describes the request, not its result. */
const keyOf = ({ _meta, ...params }: JsonRpc.Params) => JSON.stringify(Object.entries(params).toSorted())
