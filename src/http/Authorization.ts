/**
 * Credentials that were sent twice. Node keeps the first of several `Authorization` fields and says nothing of the
 * others, so whoever decided before us may have looked at another one.
 */

/**
 * What the field says: of several, all of them joined by ", ", which no scheme takes for credentials. `source` is what
 * the request came from, which is a request of Node where Node listens.
 */
export const of = (source: object, value: string | undefined): string | undefined => {
  if (value === undefined || !("rawHeaders" in source) || !Array.isArray(source.rawHeaders)) return value
  const fields: ReadonlyArray<string> = source.rawHeaders
  const values = fields.filter((_, index) => index % 2 === 1 && isAuthorization(fields[index - 1]!))
  return values.length > 1 ? values.join(", ") : value
}

const isAuthorization = (name: string) => name.length === 13 && name.toLowerCase() === "authorization"
