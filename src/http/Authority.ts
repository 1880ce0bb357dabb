/**
 * Whose requests an HttpClient makes. Who keeps what came of them for later must know when that changes: what was
 * meant for one caller is not for the next.
 */
import * as Context from "effect/Context"

/**
 * A value that is another one as soon as requests are made in another name, or with other rights. Layers that bring
 * credentials along with their `HttpClient` provide it; by default nothing ever changes.
 */
export const Authority = Context.Reference<() => unknown>("mcp-effect/http/Authority", {
  defaultValue: () => () => undefined
})
