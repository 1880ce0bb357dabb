/**
 * The kernel speaks only the newest revision. An older one is told as what changed *after* it, undone: a list of
 * named changes, each with a way up (older to newer) and a way down (newer to older).
 *
 * Both roles use the same lists. A server reads params up and writes results down; a client does the reverse.
 */
import type * as JsonRpc from "./JsonRpc.ts"

/** How each kind of payload moves from one revision to another. */
export interface Translation {
  /** Params of a request from client to server. */
  readonly params: (method: string, params: JsonRpc.Params) => JsonRpc.Params
  /** The result of such a request. */
  readonly result: (method: string, result: JsonRpc.Params) => JsonRpc.Params
  /** The error of such a request. */
  readonly fault: (method: string, fault: JsonRpc.Fault) => JsonRpc.Fault
  /** Params of a notification in either direction; `undefined` where the other revision has no such notification. */
  readonly notification: (method: string, params: JsonRpc.Params) => JsonRpc.Params | undefined
  /** Params of a question a server puts to its client (elicitation, sampling, roots). */
  readonly ask: (method: string, params: JsonRpc.Params) => JsonRpc.Params
  /** The client's answer to such a question. */
  readonly answer: (method: string, answer: JsonRpc.Params) => JsonRpc.Params
}

/** One difference between a revision and the next newer one, named after the specification's change. */
export interface Change {
  readonly name: string
  readonly up?: Partial<Translation>
  readonly down?: Partial<Translation>
}

/** What may be said in a revision, by direction. */
export interface Vocabulary {
  readonly requests: ReadonlySet<string>
  readonly notifications: ReadonlySet<string>
}

export interface Revision {
  /** The date that names it, as on the wire. */
  readonly version: string
  readonly era: "stateless" | "stateful"
  readonly batches: boolean
  readonly fromClient: Vocabulary
  readonly fromServer: Vocabulary
  /** From this revision to the newest. */
  readonly up: Translation
  /** From the newest revision to this one. */
  readonly down: Translation
}
