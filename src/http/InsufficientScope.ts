/**
 * A caller who is known, but was not granted what an operation needs. Handlers may fail with it in the middle of a
 * request, whatever else they declare; over HTTP it becomes a 403 that tells the client which scopes to ask for,
 * elsewhere it stays the failure of the request.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#scope-challenge-handling
 */
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"

export class InsufficientScope extends Schema.TaggedError<InsufficientScope>()("InsufficientScope", {
  /** Everything the operation needs, granted or not: a client that is told bit by bit has to ask bit by bit. */
  scopes: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `This needs the scope ${this.scopes.join(" ")}`
  }
}

/**
 * Is told when a request has failed for want of scopes, before its response is handed over. A binding that has not
 * answered a byte yet hears it here and lets its guard answer instead.
 */
export const Refused = Context.Reference<(needed: InsufficientScope) => void>("mcp-effect/http/Refused", {
  defaultValue: () => () => {}
})
