/**
 * What the browser brings back. Before anything in it counts it must be the answer to our question (`state`), from the
 * authorization server that was asked (`iss`, RFC 9207).
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#authorization-response-validation
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Secrets from "../Secrets.ts"
import * as AuthorizationError from "./AuthorizationError.ts"
import type { ServerMetadata } from "./ServerMetadata.ts"

/** What was recorded when the question was asked. */
export interface Expected {
  readonly state: Redacted.Redacted
  readonly metadata: ServerMetadata
}

/** The code, if the response is one to this question and grants what was asked for. */
export const code = (
  response: URLSearchParams,
  { metadata, state }: Expected
): Effect.Effect<Redacted.Redacted, AuthorizationError.AuthorizationError> =>
  Effect.suspend(() => {
    const names = ["state", "iss", "code", "error", "error_description"]
    const twice = names.find((name) => response.getAll(name).length > 1)
    if (twice !== undefined) return fail("Response", `The authorization response has ${twice} more than once`)
    if (!Secrets.same(Redacted.value(state), response.get("state") ?? "")) {
      return fail(
        "Response",
        "The authorization response does not answer this request: its state is another one"
      )
    }
    const iss = response.get("iss")
    if (iss === null && metadata.authorization_response_iss_parameter_supported === true) {
      return fail("IssuerMismatch", "The authorization response does not say who it is from, as it should")
    }
    // As it is written: what a URL parser holds for the same may be somebody else.
    if (iss !== null && iss !== metadata.issuer) {
      return fail(
        "IssuerMismatch",
        `The authorization response is not from ${metadata.issuer}, which was asked`
      )
    }
    const granted = response.get("code") ?? ""
    const error = response.get("error")
    if (error !== null) {
      const secrets = [granted, Redacted.value(state)]
      const code = AuthorizationError.quoted(error, secrets)
      const description = response.get("error_description")
      const said = description === null ? "" : `: ${AuthorizationError.quoted(description, secrets)}`
      return fail("Denied", `${metadata.issuer} did not grant access: ${code}${said}`, code.slice(1, -1))
    }
    return granted === ""
      ? fail("Response", "The authorization response has neither a code nor an error")
      : Effect.succeed(Redacted.make(granted))
  })

const fail = (reason: AuthorizationError.Reason, message: string, code?: string) =>
  Effect.fail(AuthorizationError.make(reason, message, code))
