/**
 * `WWW-Authenticate`: what a server wants before it answers. Several challenges may stand in one header, each with
 * parameters of its own.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */

export interface Challenge {
  /** In lower case. */
  readonly scheme: string
  /** By lower-case name; of a parameter that is repeated the first one counts. */
  readonly parameters: ReadonlyMap<string, string>
}

/** A scheme, or a parameter with its value: the latter belongs to the scheme before it. */
const item = /[\s,]*([!#$%&'*+\-.^_`|~\w]+)(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/y

/** Reads what can be read; whatever is malformed is skipped. */
export const parse = (header: string): ReadonlyArray<Challenge> => {
  const challenges: Array<{ readonly scheme: string; readonly parameters: Map<string, string> }> = []
  let position = 0
  while (position < header.length) {
    item.lastIndex = position
    const match = item.exec(header)
    position = match === null ? position + 1 : item.lastIndex
    if (match === null) continue
    const [, name = "", inQuotes, bare] = match
    const value = inQuotes?.replace(/\\(.)/g, "$1") ?? bare
    if (value === undefined) {
      challenges.push({ scheme: name.toLowerCase(), parameters: new Map() })
      continue
    }
    const parameters = challenges.at(-1)?.parameters
    if (parameters?.has(name.toLowerCase()) === false) parameters.set(name.toLowerCase(), value)
  }
  return challenges
}

/** What the challenges of a response come to for a client that has tokens. */
export interface Demand {
  /** Where the metadata of the resource is. */
  readonly resourceMetadata: string | undefined
  /** Scopes the operation needs. */
  readonly scope: string | undefined
  readonly error: string | undefined
  /** Only tokens that are bound to a key will do. */
  readonly bound: boolean
}

export const nothing: Demand = {
  resourceMetadata: undefined,
  scope: undefined,
  error: undefined,
  bound: false
}

/** Bearer tokens are preferred to bound ones where both are offered. */
export const demand = (header: string | undefined): Demand => {
  const challenges = parse(header ?? "")
  const bearer = challenges.find(({ scheme }) => scheme === "bearer")
  const dpop = challenges.find(({ scheme }) => scheme === "dpop")
  const parameter = (name: string) => (bearer ?? dpop)?.parameters.get(name) ?? dpop?.parameters.get(name)
  return {
    resourceMetadata: parameter("resource_metadata"),
    scope: parameter("scope"),
    error: parameter("error"),
    bound: bearer === undefined && dpop !== undefined
  }
}
