/**
 * Where the documents of discovery are. Identifiers are compared as they are written; only the URL the application
 * gave is brought into its canonical form.
 */

/** The identifier of a server: its URL without query and fragment, and without a slash that says nothing. */
export const canonical = (server: URL): string =>
  server.pathname === "/" ? server.origin : `${server.origin}${server.pathname}`

/**
 * Metadata of a resource (RFC 9728, section 3.1), with the identifiers that the document at each place is about: the
 * one at the root is about the whole origin, or about the server.
 */
export const ofResource = (
  server: URL
): ReadonlyArray<{ readonly url: string; readonly about: ReadonlyArray<string> }> => {
  const root = `${server.origin}/.well-known/oauth-protected-resource`
  const whole = [server.origin, `${server.origin}/`]
  return server.pathname === "/"
    ? [{ url: root, about: whole }]
    : [
        { url: root + server.pathname, about: [canonical(server)] },
        { url: root, about: [canonical(server), ...whole] }
      ]
}

/**
 * Metadata of an authorization server, in the order to try: RFC 8414 with the path of the issuer inserted, OpenID
 * Connect with the path inserted, OpenID Connect with the path in front.
 */
export const ofIssuer = (issuer: URL): ReadonlyArray<string> => {
  const path = issuer.pathname.replace(/\/$/, "")
  const at = (suffix: string) => `${issuer.origin}/.well-known/${suffix}${path}`
  return path === ""
    ? [at("oauth-authorization-server"), at("openid-configuration")]
    : [
        at("oauth-authorization-server"),
        at("openid-configuration"),
        `${issuer.origin}${path}/.well-known/openid-configuration`
      ]
}

/** Where 2025-03-26 has the endpoints of a server that describes none. */
export const fallback = (server: URL) => ({
  authorization_endpoint: `${server.origin}/authorize`,
  token_endpoint: `${server.origin}/token`,
  registration_endpoint: `${server.origin}/register`
})
