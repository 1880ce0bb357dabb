/**
 * HTTP as far as this stack looks at it: the head of a request and a plain reply. Bindings, guards and documents are
 * written against these, and every face (`node:http`, Effect's HttpRouter, Fetch) converts at its edge.
 */
import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { InsufficientScope } from "./InsufficientScope.ts"

export { Caller } from "./Caller.ts"
export { Until } from "./Until.ts"
export { InsufficientScope, Refused } from "./InsufficientScope.ts"

/** A request without its body. */
export interface Head {
  readonly method: string
  /** Path and query, as they were sent. */
  readonly url: string
  /** A header by its lower-case name. Several fields of one name are joined by ", ". */
  readonly header: (name: string) => string | undefined
}

/** An answer that is known whole. */
export interface Reply {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}

/**
 * Decides about a request before its body is read: what it succeeds with is provided to the handlers of the request,
 * what it fails with is the answer. A guard that knows who calls puts a `Caller` into what it succeeds with, and one
 * that knows for how long puts an `Until` there.
 */
export interface Guard<P = never, R = never> {
  readonly admit: (head: Head) => Effect.Effect<Context.Context<P>, Reply, R>
  /**
   * Status and headers of the answer to an admitted request whose handler found scopes missing. Its body is the
   * response of the protocol. Only for a request that is alone in its exchange and has not been answered a byte.
   */
  readonly forbid?: (needed: InsufficientScope) => Pick<Reply, "status" | "headers">
  /** Answers to GET that anybody may read, by absolute path, served beside what is guarded. */
  readonly documents?: ReadonlyMap<string, Reply>
}
