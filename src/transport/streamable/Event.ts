/**
 * Server-sent events as text. Data is JSON of one line, so nothing needs to be split or escaped.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */

/** The headers of every stream. Proxies must not hold events back, and nobody may keep them. */
export const headers: { readonly [name: string]: string } = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no"
}

/** An event that carries a message. */
export const message = (json: string, id?: string): string =>
  id === undefined ? `data: ${json}\n\n` : `id: ${id}\ndata: ${json}\n\n`

/** An event without a message: from now on the client can say where it was cut off. */
export const primer = (id: string): string => `id: ${id}\ndata: \n\n`

/** How long to wait before the next connection, in milliseconds. It stays in force until it is said again. */
export const retry = (millis: number): string => `retry: ${millis}\n\n`

/** Says nothing, and so shows every proxy on the way that the stream is in use. */
export const keepAlive = ":\n\n"
