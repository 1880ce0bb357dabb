/**
 * What tools and prompts put in front of a model: text, images, audio, resources, links to resources.
 *
 * Images and audio are given as bytes or as Base64. Their MIME type is read from the first bytes; one that
 * contradicts them is refused where it is written, because a host would only show a broken picture.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/tools#tool-result
 */
import * as Result from "effect/Result"
import * as Base64 from "effect/encoding/Base64"
import * as Schema from "effect/Schema"
import type { Block } from "../Contract.ts"
import type * as Protocol from "../protocol/Content.ts"
import type { Icon } from "../protocol/Icon.ts"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Uri from "../protocol/Uri.ts"
import { agrees, sniff } from "./Mime.ts"

export type { Block }

/** The data is not what it is said to be, or nobody can tell what it is. */
export class ContentError extends Schema.TaggedError<ContentError>()("ContentError", {
  message: Schema.String
}) {}

/** Whom content is for, how much it matters (0 to 1), and when it changed (ISO 8601). */
export type Annotations = Protocol.Annotations

export interface Options {
  readonly annotations?: Annotations
  readonly _meta?: JsonRpc.Params
}

export interface MediaOptions extends Options {
  /** Needed only where the first bytes do not say it. */
  readonly mimeType?: string
}

/** A block of text. */
export const text = (words: string, options?: Options): Block => ({ type: "text", text: words, ...options })

/**
 * An image from bytes or Base64. Throws `ContentError` when the data is no image, is not what `mimeType` says, or is
 * of no known kind and `mimeType` is missing. Raw pixels are no image: encode them first.
 *
 * @example
 * ```ts
 * import * as Tool from "mcp-effect/Tool"
 * import * as Content from "mcp-effect/Content"
 *
 * const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
 *
 * export const picture = Tool.handle(Tool.make("picture"), () => [
 *   "A single dot:",
 *   Content.image(dot, { annotations: { audience: ["user"] } })
 * ])
 * ```
 */
export const image = (data: Uint8Array | string, options?: MediaOptions): Block =>
  media("image", data, options)

/** Audio from bytes or Base64, by the same rules as `image`. */
export const audio = (data: Uint8Array | string, options?: MediaOptions): Block =>
  media("audio", data, options)

/** A resource carried along: its URI, and its text or bytes. */
export interface Embedded extends Options {
  readonly uri: string
  readonly mimeType?: string
  readonly text?: string
  /** Sent as Base64. */
  readonly bytes?: Uint8Array
}

/**
 * A resource with its contents. Text is `text/plain` and bytes are what they begin like, unless you know better. Throws
 * `ContentError` when the URI is none, and for bytes that are not what `mimeType` says. Serve resources, too, when you
 * embed them.
 */
export const resource = ({ bytes, mimeType, text: words, uri, ...options }: Embedded): Block => {
  refuseUri(uri)
  if (words !== undefined && bytes === undefined) {
    const resource = { uri, mimeType: mimeType ?? "text/plain", text: words }
    return { type: "resource", resource, ...options }
  }
  if (bytes === undefined || words !== undefined) {
    throw new ContentError({ message: `The resource ${uri} needs either text or bytes.` })
  }
  const sniffed = sniff(bytes)
  if (mimeType !== undefined) refuseContradiction(mimeType, sniffed)
  return {
    type: "resource",
    resource: {
      uri,
      mimeType: mimeType ?? sniffed ?? "application/octet-stream",
      blob: Base64.encode(bytes)
    },
    ...options
  }
}

const refuseUri = (uri: string) => {
  const problem = Uri.problem(uri)
  if (problem !== undefined) throw new ContentError({ message: problem })
}

export interface Link extends Options {
  readonly uri: string
  readonly name: string
  readonly title?: string
  readonly description?: string
  readonly mimeType?: string
  /** In bytes. */
  readonly size?: number
  readonly icons?: ReadonlyArray<Icon>
}

/** A link to a resource, which need not be listed. Throws `ContentError` when the URI is none. */
export const link = (to: Link): Block => {
  refuseUri(to.uri)
  return { type: "resource_link", ...to }
}

const media = (kind: "image" | "audio", data: Uint8Array | string, options: MediaOptions = {}): Block => {
  const { mimeType, ...rest } = options
  const sniffed = sniff(typeof data === "string" ? headOf(data) : data)
  if (mimeType !== undefined) refuseContradiction(mimeType, sniffed)
  const type = mimeType ?? sniffed
  if (type === undefined) {
    throw new ContentError({
      message: `The data begins like no known ${kind} format. Encode it, or say its mimeType if it is a rare format.`
    })
  }
  if (!type.startsWith(`${kind}/`) && !(kind === "audio" && type === "application/ogg")) {
    throw new ContentError({ message: `The data is ${type}, not ${kind}.` })
  }
  const encoded = typeof data === "string" ? data : Base64.encode(data)
  return kind === "image"
    ? { type: "image", data: encoded, mimeType: type, ...rest }
    : { type: "audio", data: encoded, mimeType: type, ...rest }
}

const refuseContradiction = (mimeType: string, sniffed: string | undefined): void => {
  if (agrees(mimeType, sniffed)) return
  const found = sniffed === undefined ? "does not begin like it" : `is ${sniffed}`
  throw new ContentError({ message: `The data is declared as ${mimeType}, but ${found}.` })
}

/** The first bytes of Base64 text, once the whole of it has been found to be Base64. */
const headOf = (data: string): Uint8Array => {
  const head = Base64.decode(data.slice(0, 512))
  if (data.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(data) || Result.isFailure(head)) {
    throw new ContentError({ message: "The data is not Base64." })
  }
  return head.success
}
