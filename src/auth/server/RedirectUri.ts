/**
 * Where a browser may be sent back to. Compared as it is written; only the port of a loopback address may differ,
 * because an application on the user's machine gets one when it starts (RFC 8252 section 7.3).
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/security-considerations#open-redirection
 */
import { isLoopback } from "../../http/Loopback.ts"

/** A loopback URL in the one way it may be written: no user, and what comes after the port. */
const loopback = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d{1,5})?(\/[^\s\\]*)?$/

export const matches = (registered: string, asked: string): boolean => {
  if (registered === asked) return true
  const [one, other] = [loopback.exec(registered), loopback.exec(asked)]
  return (
    one !== null &&
    other !== null &&
    one[1] === other[1] &&
    (one[2] ?? "") === (other[2] ?? "") &&
    // There is no port 99999.
    URL.canParse(asked)
  )
}

const longest = 2048

/** What is wrong with a redirect URI that somebody wants to register. */
export const problem = (text: string, schemes: ReadonlyArray<string>): string | undefined => {
  if (text.length > longest) return "is too long"
  // Not in a URI: browsers and programs do not agree on what these mean.
  if (/[\s#"<>\\^`{|}]|[^\x21-\x7e]/.test(text)) return "has a fragment, or a character that is not allowed"
  const url = URL.parse(text)
  if (url === null) return "is not a URL"
  if (url.username !== "" || url.password !== "") return "has a user name or password"
  if (url.protocol === "https:") return undefined
  if (url.protocol === "http:")
    return isLoopback(url.hostname) ? undefined : "is http, and not on a loopback address"
  return schemes.includes(url.protocol.slice(0, -1))
    ? undefined
    : "must be https, or http on a loopback address"
}

/** It leads to an application on the user's own machine, and any application there can listen for it. */
export const isLocal = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && (url.protocol !== "https:" || isLoopback(url.hostname))
}

/** The host, for people; the scheme where there is none. */
export const host = (text: string): string => {
  const url = URL.parse(text)
  return url === null ? text : url.host === "" ? url.protocol : url.host
}
