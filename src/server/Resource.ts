/**
 * Resources: data with a URI that applications read.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/resources
 */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Uri from "../protocol/Uri.ts"
import * as Contents from "./Contents.ts"
import { type Answer, run } from "./Handler.ts"
import type { Invocation } from "./Invocation.ts"
import type { Part, ResourcePart } from "./Part.ts"
import { type AnyBody, describe, type Description } from "./ResourceDescription.ts"

export type { Description } from "./ResourceDescription.ts"
export { make as template } from "./ResourceTemplate.ts"

export interface Options<Output extends Schema.Constraint, V = never> extends Description<V> {
  /** In bytes. */
  readonly size?: number
  /** What the handler gives, sent as JSON. Without it the handler gives text, bytes or a list of contents. */
  readonly output?: Output
}

/**
 * A resource with one URI. The handler is the content itself, a function that gives it, plain or async, or an
 * Effect. Throws when the URI is none, or is a template.
 *
 * A handler whose data is gone fails with `McpError.resourceNotFound(uri)`; an empty list of contents would say that
 * there is nothing in it. `https:` is for what peers could fetch from the web themselves: name other things by a
 * scheme of your own.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as Resource from "mcp-effect/Resource"
 * import * as Server from "mcp-effect/Server"
 *
 * export const server = Server.make(
 *   { name: "demo", version: "1.0.0" },
 *   Resource.make("config://app", { name: "config", mimeType: "text/ini" }, "debug = on"),
 *   Resource.make("clock://now", { name: "now" }, () => new Date().toISOString()),
 *   Resource.make("users://all", { output: Schema.Array(Schema.String) }, async () => ["Ada", "Grace"])
 * )
 * ```
 */
export const make = <Output extends Schema.Constraint = AnyBody, R = never, V = never>(
  uri: string,
  options: Options<Output, V>,
  handler: (() => Answer<Output["Type"], R>) | Exclude<Answer<Output["Type"], R>, PromiseLike<unknown>>
): Part<Exclude<R, Invocation> | Output["EncodingServices"] | V> => {
  check(uri)
  if (handler === undefined) throw new Error(`The resource "${uri}" has no handler`)
  const encode = Contents.encoder(options)
  const give = typeof handler === "function" ? (handler as () => Answer<Output["Type"], R>) : () => handler
  return discharged<R | Output["EncodingServices"] | V>({
    _tag: "Resource",
    descriptor: describe({ uri, name: options.name ?? uri }, options),
    ...(options.visible === undefined ? {} : { visible: options.visible }),
    ...(options.updates === undefined ? {} : { updates: options.updates }),
    handle: () => Effect.flatMap(run(give), (body) => encode(uri, body))
  })
}

/** Fixed text. */
export const text = (uri: string, options: Description, content: string): Part<never> =>
  make(uri, { size: new TextEncoder().encode(content).length, ...options }, content)

/** Fixed bytes. */
export const bytes = (uri: string, options: Description, content: Uint8Array): Part<never> =>
  make(uri, { size: content.length, ...options }, () => content)

/** A fixed JSON value. */
export const json = (
  uri: string,
  options: Description,
  value: JsonRpc.Params | ReadonlyArray<unknown>
): Part<never> => make(uri, { mimeType: "application/json", ...options }, JSON.stringify(value, null, 2))

const check = (uri: string) => {
  if (uri.includes("{")) throw new Error(`"${uri}" is a URI template: use Resource.template`)
  const problem = Uri.problem(uri)
  if (problem !== undefined) throw new Error(problem)
}

/** The kernel supplies `Invocation`; what is left of R must be supplied by the application. */
const discharged = <R>(part: ResourcePart<R>) => part as ResourcePart<Exclude<R, Invocation>>
