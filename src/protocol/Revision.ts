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

/** What one side may say in a revision. */
export interface Vocabulary {
  readonly requests: ReadonlySet<string>
  readonly notifications: ReadonlySet<string>
}

export interface Revision {
  /** The date that names it, as on the wire. */
  readonly version: string
  readonly era: "stateless" | "stateful"
  /** Whether JSON-RPC batches may be sent, and must be accepted. */
  readonly batches: boolean
  /** How arguments that do not fit a tool's input are refused: as a result with `isError`, or as error -32602. */
  readonly inputErrors: "result" | "error"
  /** Whether a server may close the connection of an unfinished stream of HTTP, for its client to come back. */
  readonly polling: boolean
  readonly fromClient: Vocabulary
  readonly fromServer: Vocabulary
  readonly changes: ReadonlyArray<Change>
  /** From this revision to the newest. */
  readonly up: Translation
  /** From the newest revision to this one. */
  readonly down: Translation
}

/** What a revision is besides its changes. */
export type Traits = Pick<
  Revision,
  "version" | "era" | "batches" | "inputErrors" | "polling" | "fromClient" | "fromServer"
>

const same = <A>(_method: string, value: A): A => value

const sameTranslation: Translation = {
  params: same,
  result: same,
  fault: same,
  notification: same,
  ask: same,
  answer: same
}

export const newest = (traits: Traits): Revision => ({
  ...traits,
  changes: [],
  up: sameTranslation,
  down: sameTranslation
})

/** The revision before `newer`: the traits in which it differs, and the changes that led from it to `newer`. */
export const before = (
  newer: Revision,
  traits: Pick<Traits, "version"> & Partial<Traits>,
  changes: ReadonlyArray<Change>
): Revision => {
  const { batches, era, fromClient, fromServer, inputErrors, polling } = newer
  return {
    era,
    batches,
    inputErrors,
    polling,
    fromClient,
    fromServer,
    ...traits,
    changes,
    up: both(chain(changes, "up"), newer.up),
    down: both(newer.down, chain(changes, "down"))
  }
}

/** One step of translation after the other. */
const both = (first: Translation, second: Translation): Translation => ({
  params: then(first.params, second.params),
  result: then(first.result, second.result),
  fault: then(first.fault, second.fault),
  notification: thenIfAny(first.notification, second.notification),
  ask: then(first.ask, second.ask),
  answer: then(first.answer, second.answer)
})

type Step<A, B = A> = (method: string, value: A) => B

/** Most changes leave most payloads as they are: what changes nothing costs nothing. */
const then = <A>(first: Step<A>, second: Step<A>): Step<A> => {
  if (first === same) return second
  return second === same ? first : (method, value) => second(method, first(method, value))
}

const thenIfAny = <A>(first: Step<A, A | undefined>, second: Step<A, A | undefined>): typeof first => {
  if (first === same) return second
  if (second === same) return first
  return (method, value) => {
    const passed = first(method, value)
    return passed === undefined ? undefined : second(method, passed)
  }
}

/** All changes of one revision in one direction. Changes are independent of each other, so their order is free. */
const chain = (changes: ReadonlyArray<Change>, direction: "up" | "down"): Translation =>
  changes.reduce<Translation>(
    (sofar, change) => both(sofar, { ...sameTranslation, ...change[direction] }),
    sameTranslation
  )

/** A vocabulary with some words more and some less. */
export const vary = (
  { notifications, requests }: Vocabulary,
  more: ReadonlyArray<string>,
  less: ReadonlyArray<string> = []
): Vocabulary => {
  const isNotification = (method: string) => method.startsWith("notifications/")
  const apply = (words: ReadonlySet<string>, added: ReadonlyArray<string>) =>
    new Set([...[...words].filter((word) => !less.includes(word)), ...added])
  return {
    requests: apply(
      requests,
      more.filter((method) => !isNotification(method))
    ),
    notifications: apply(notifications, more.filter(isNotification))
  }
}
