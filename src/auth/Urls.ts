/** What URLs that identify somebody must look like. They are compared as they are written, and never normalised. */

import { isLoopback } from "../http/Loopback.ts"

/** Nobody in between can read or change what is said: https, or http that does not leave the machine. */
export const isSecure = (url: URL): boolean =>
  url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname))

/**
 * An issuer or a resource: absolute, secure, without credentials, query and fragment. Throws with the name of the
 * setting when it is not: these come from the configuration of the program.
 */
export const identifier = (setting: string, text: string): URL => {
  const url = URL.parse(text)
  if (url === null) throw new Error(`${setting}: "${text}" is not a URL`)
  if (!isSecure(url)) throw new Error(`${setting}: "${text}" must be https, or http on a loopback address`)
  if (url.username !== "" || url.password !== "" || /[?#]/.test(text)) {
    throw new Error(`${setting}: "${text}" must have no credentials, query or fragment`)
  }
  return url
}

/** A well-known URI of an identifier: the suffix goes between host and path. */
export const wellKnown = (suffix: string, { pathname }: URL): string =>
  `/.well-known/${suffix}${pathname === "/" ? "" : pathname}`
