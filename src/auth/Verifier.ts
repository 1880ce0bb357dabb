/**
 * Tells whether a token is genuine, and what it says. Whether it is good for this server, and now, is the guard's to
 * judge, in one place for every kind of token.
 *
 * Ready-made: `jwt` (signed tokens, keys from the issuer), `introspection` (the issuer is asked, RFC 7662) and `keys`
 * (a fixed list). Another kind is a `Layer` of one's own for this service.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#token-handling
 */
export { layer as introspection } from "./Introspection.ts"
export { layer as jwt } from "./JwtVerifier.ts"
export { layer as keys } from "./StaticKeys.ts"
export { InvalidToken, type Verified, Verifier, VerifierUnavailable } from "./TokenVerifier.ts"
