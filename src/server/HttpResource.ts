/**
 * What a web address has, as a resource: for data that peers cannot fetch themselves. A module of its own, so that a
 * server without it does not load an HTTP client.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/resources#common-uri-schemes
 */
import * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"
import * as McpError from "../protocol/McpError.ts"
import type { Content } from "./Contents.ts"
import * as MimeTypes from "./MimeTypes.ts"
import type { Part } from "./Part.ts"
import * as Resource from "./Resource.ts"

export interface Options<V = never> extends Resource.Description<V> {
  /** Larger answers are not given on, in bytes. Default: 16 MiB. */
  readonly maxSize?: number
  /** How long the whole answer may take. Default: 30 seconds. */
  readonly timeout?: Duration.Input
}

/**
 * Reads the address each time the resource is read. It is text or bytes by its content type, unless the options say
 * another. An address that answers 404 or 410 is a resource that is not found; anything else that goes wrong is told
 * to the log, and to the peer only that it did.
 *
 * The address is yours to choose. Never make one from what a peer sent.
 *
 * @example
 * ```ts
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as HttpResource from "mcp-effect/HttpResource"
 * import * as Server from "mcp-effect/Server"
 *
 * const rates = HttpResource.make("rates://today", "http://intranet.example/rates.json", { name: "rates" })
 *
 * // StdioServer.launch(server, services)
 * export const server = Server.make({ name: "bank", version: "1.0.0" }, rates)
 * export const services = FetchHttpClient.layer
 * ```
 */
export const make = <V = never>(
  uri: string,
  url: string | URL,
  { maxSize = 16 * 1024 * 1024, timeout = "30 seconds", ...options }: Options<V> = {}
): Part<HttpClient.HttpClient | V> => {
  const failed = McpError.make(McpError.code.InternalError, `The source of ${uri} cannot be read`, { uri })
  const read = Effect.flatMap(HttpClient.get(url), (response) => {
    if (response.status === 404 || response.status === 410) return Effect.fail(McpError.resourceNotFound(uri))
    return response.status >= 200 && response.status < 300
      ? Effect.map(bytesOf(response, maxSize), (bytes) => [contentOf(response, bytes, options.mimeType)])
      : Effect.fail(new Error(`${String(url)} answers with status ${response.status}`))
  })
  return Resource.make(uri, options, () =>
    Effect.catch(Effect.timeout(read, timeout), (error) =>
      error instanceof McpError.McpError
        ? Effect.fail(error)
        : Effect.andThen(
            Effect.logWarning(`The source of ${uri} cannot be read`, Cause.fail(error)),
            Effect.fail(failed)
          )
    )
  )
}

const bytesOf = ({ stream }: HttpClientResponse.HttpClientResponse, maxSize: number) =>
  Stream.mkUint8Array(
    Stream.limitBytes(stream, maxSize, () =>
      Stream.fail(new Error(`The answer has more than ${maxSize} bytes`))
    )
  )

const contentOf = (
  { headers }: HttpClientResponse.HttpClientResponse,
  bytes: Uint8Array,
  declared: string | undefined
): Content => {
  const said = declared ?? (headers["content-type"] || "application/octet-stream")
  const mimeType = declared ?? said.split(";")[0]!.trim()
  const content = MimeTypes.decode(bytes, said)
  // Text that could not be decoded says how to, for whoever can.
  return { ...content, mimeType: "bytes" in content && /^text\//i.test(said) ? said : mimeType }
}
