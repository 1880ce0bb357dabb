/**
 * What a server says that answers nothing: progress, logs, changes. Everything arrives here, on whatever way it
 * came, and goes to those who wait for it. Listeners are called in the same turn and must not block.
 */
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Progress from "./Progress.ts"

/** A notification in the words of the newest revision. */
export interface Notice {
  readonly method: string
  readonly params: JsonRpc.Params
}

export interface Notices {
  readonly take: (notice: Notice) => void
  /** Hears every notification but progress. Returns how to stop. */
  readonly subscribe: (listener: (notice: Notice) => void) => () => void
  /** Hears the progress of one request. Returns how to stop. */
  readonly expectProgress: (token: JsonRpc.Id, listener: (progress: Progress.Progress) => void) => () => void
  /** How many are listening. */
  readonly listeners: () => number
  /** Counts a message that belongs to nothing: a late response, progress of a finished request. */
  readonly ignore: () => void
  readonly ignored: () => number
}

export const make = (): Notices => {
  const listeners = new Set<(notice: Notice) => void>()
  const expected = new Map<unknown, (progress: Progress.Progress) => void>()
  let ignored = 0
  const ignore = () => {
    ignored++
  }
  return {
    take: (notice) => {
      if (notice.method !== "notifications/progress") {
        for (const listener of listeners) listener(notice)
        return
      }
      const heard = Progress.read(notice.params)
      const listener = heard && expected.get(heard.token)
      if (heard === undefined || listener === undefined) return ignore()
      const { token: _, ...progress } = heard
      listener(progress)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    expectProgress: (token, listener) => {
      expected.set(token, listener)
      return () => expected.delete(token)
    },
    listeners: () => listeners.size,
    ignore,
    ignored: () => ignored
  }
}
