/**
 * URIs as RFC 3986 writes them.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/resources#custom-uri-schemes
 */

const uri = /^[a-z][a-z0-9+.-]*:(?:[a-z0-9._~:/?#[\]@!$&'()*+,;=-]|%[0-9a-f]{2})+$/i

/** What keeps a text from being a URI, and what would do; `undefined` for a URI. */
export const problem = (text: string): string | undefined => {
  if (uri.test(text)) return undefined
  // What is encoded already stays as it is.
  const encoded = encodeURI(text).replaceAll(/%25(?=[0-9a-f]{2})/gi, "%")
  return uri.test(encoded)
    ? `"${text}" is not a URI: write it percent-encoded, "${encoded}"`
    : `"${text}" is not a URI: it needs a scheme, such as "config://app"`
}
