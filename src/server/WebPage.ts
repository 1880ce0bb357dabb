/** The question that sends a user to a web page. */
import * as Effect from "effect/Effect"
import { isLoopback } from "../http/Loopback.ts"
import type { Question } from "./Question.ts"

export interface Options {
  /** The name of what happens at the page, from `Ask.elicitationId`. Default: one that nobody can speak of. */
  readonly elicitationId?: string
}

/** Throws when the URL is none, or not one of a web page: that is a mistake in the program. */
export const question = (message: string, url: string | URL, options: Options): Question => {
  const { href, protocol } = new URL(url)
  if (protocol !== "https:" && protocol !== "http:") throw new Error(`Not a web page: ${href}`)
  return { method: "elicitation/create", params: { mode: "url", message, url: href, ...options } }
}

/** In development a page may be on this machine, and plain. Elsewhere anybody on the way could read and change it. */
export const inspect = ({ params }: Question): Effect.Effect<void> => {
  const { hostname, protocol } = new URL(String(params["url"]))
  return protocol === "https:" || isLoopback(hostname)
    ? Effect.void
    : Effect.logWarning(`The user is sent to ${hostname} without https: use it outside development`)
}
