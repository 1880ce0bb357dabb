/**
 * Until when a caller may listen, for those who keep streams open without knowing what a guard knows. A request is
 * judged when it comes, and its answer may take as long as it takes; what a caller merely listens to has no end of its
 * own, and would go on long after the caller would not be let in any more.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#token-handling
 */
import * as Context from "effect/Context"

/**
 * In milliseconds since 1970. Guards whose callers are known for a time only set it in what they admit with; streams
 * that carry no answer end then, so that their clients come back, and are judged again.
 */
export const Until = Context.Reference<number | undefined>("mcp-effect/http/Until", {
  defaultValue: () => undefined
})
