/**
 * Facts a server publishes. An event says only "this changed"; what to send, and to whom, is decided elsewhere.
 */
import type * as Effect from "effect/Effect"

export type Event =
  | { readonly _tag: "ToolsChanged" }
  | { readonly _tag: "PromptsChanged" }
  | { readonly _tag: "ResourcesChanged" }
  | { readonly _tag: "ResourceUpdated"; readonly uri: string }

/** The bus of one server. Subscribers are called in the same turn and must not block. */
export interface Hub {
  readonly publish: (event: Event) => Effect.Effect<void>
  /** Returns how to stop. */
  readonly subscribe: (listener: (event: Event) => void) => () => void
}
