/**
 * The pages a server sent this client's user to, and which of them it says are finished. What it says of other pages,
 * or says again, means nothing.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation#completion-notifications-for-url-mode-elicitation
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Stateful from "../protocol/Stateful.ts"

/** A page the user must visit before a request can succeed. */
export type RequiredUrl = Stateful.UrlElicitation

const isRequired = Schema.is(Stateful.UrlElicitationRequiredError)

/** The pages an error sends the user to; none if it is another error. */
export const requiredUrls = (error: unknown): ReadonlyArray<RequiredUrl> =>
  isRequired(error) ? error.data.elicitations : []

export interface Visits {
  /** The user was sent to the page of this question, if it is one of a page. */
  readonly asked: (question: JsonRpc.Params) => void
  /** The user was sent to the pages of this error, if it is one of pages. */
  readonly refused: (fault: JsonRpc.Fault) => void
  /** Takes a notice that a page is finished, and tells whether that is news. */
  readonly finish: (params: JsonRpc.Params) => boolean
  /** Waits until the server says that the page is finished. */
  readonly finished: (elicitationId: string) => Effect.Effect<void>
}

/** Servers need not say what is finished: beyond this many pages the oldest are forgotten. */
const most = 1000

export const make = (): Visits => {
  const pages = new Map<unknown, Deferred.Deferred<void>>()
  const begin = (id: unknown) => {
    if (typeof id !== "string" || pages.has(id)) return
    const [oldest] = pages.keys()
    if (pages.size >= most) pages.delete(oldest)
    pages.set(id, Deferred.makeUnsafe())
  }
  return {
    asked: (question) => {
      if (question["mode"] === "url") begin(question["elicitationId"])
    },
    refused: (fault) => {
      for (const { elicitationId } of requiredUrls(fault)) begin(elicitationId)
    },
    finish: ({ elicitationId }) => {
      const page = pages.get(elicitationId)
      return page !== undefined && Deferred.doneUnsafe(page, Exit.void)
    },
    finished: (elicitationId) =>
      Effect.suspend(() => {
        const page = pages.get(elicitationId)
        return page === undefined ? Effect.never : Deferred.await(page)
      })
  }
}
