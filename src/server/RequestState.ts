/**
 * Seals what a suspended call must remember into the opaque string its client carries. The client may be hostile:
 * the string is encrypted and authenticated (AES-256-GCM), and opens only for the call it was made for: same caller,
 * method, parameters and server, before it expires. Whatever is wrong with it, the answer is the same.
 *
 * A state is not consumed by being used: whoever holds it may, until it expires, replay it on the same call.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr#server-requirements-basic-workflow
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Base64Url from "effect/encoding/Base64Url"
import { WebCrypto } from "effect/crypto/WebCrypto"
import * as McpError from "../protocol/McpError.ts"

export { Caller } from "../http/Caller.ts"

export interface Sealer {
  /** Seals a JSON value. `binding` is what must be the same again when it is opened. */
  readonly seal: (binding: string, state: unknown) => Effect.Effect<string>
  /** Opens what `seal` made, or fails with the one error there is. */
  readonly open: (binding: string, token: string) => Effect.Effect<unknown, McpError.McpError>
}

export interface Options {
  /** The first key seals, every key opens: put a new one in front to rotate. 32 bytes each. */
  readonly keys: readonly [Uint8Array, ...ReadonlyArray<Uint8Array>]
  /** How long a state stays valid, in milliseconds. Default: ten minutes. */
  readonly timeToLive?: number
}

const nonceLength = 12

const invalid = () => McpError.invalidParams("The requestState is not valid for this request")

/** A sealer over a ring of keys. Keys are imported when first used. */
export const make = ({ keys, timeToLive = 600_000 }: Options): Sealer => {
  let ring: Promise<ReadonlyArray<CryptoKey>> | undefined
  const imported = (crypto: Crypto) =>
    (ring ??= Promise.all(
      keys.map((key) => crypto.subtle.importKey("raw", buffer(key), "AES-GCM", false, ["encrypt", "decrypt"]))
    ))

  const encrypt = async (crypto: Crypto, binding: string, text: string) => {
    const [first] = await imported(crypto)
    const iv = crypto.getRandomValues(new Uint8Array(nonceLength))
    const parameters = { name: "AES-GCM", iv, additionalData: buffer(encode(binding)) }
    const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters, first!, buffer(encode(text))))
    const token = new Uint8Array(nonceLength + sealed.length)
    token.set(iv)
    token.set(sealed, nonceLength)
    return Base64Url.encode(token)
  }

  /** Every key is tried, whichever fits, so that the time taken does not tell one from another. */
  const decrypt = async (crypto: Crypto, binding: string, token: Uint8Array) => {
    const parameters = {
      name: "AES-GCM",
      iv: buffer(token.subarray(0, nonceLength)),
      additionalData: buffer(encode(binding))
    }
    const sealed = buffer(token.subarray(nonceLength))
    const tried = await Promise.allSettled(
      (await imported(crypto)).map((key) => crypto.subtle.decrypt(parameters, key, sealed))
    )
    const opened = tried.find((attempt) => attempt.status === "fulfilled")
    return opened === undefined ? undefined : new TextDecoder().decode(opened.value)
  }

  return {
    seal: (binding, state) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        Effect.flatMap(WebCrypto, (crypto) =>
          Effect.promise(() => encrypt(crypto, binding, JSON.stringify({ expires: now + timeToLive, state })))
        )
      ),
    open: (binding, token) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        Effect.flatMap(WebCrypto, (crypto) => {
          const bytes = Result.getOrElse(Base64Url.decode(token), () => new Uint8Array())
          return Effect.flatMap(
            Effect.promise(() => decrypt(crypto, binding, bytes)),
            (text) => {
              const { expires, state } = text === undefined ? nothing : (JSON.parse(text) as Sealed)
              return expires > now ? Effect.succeed(state) : Effect.fail(invalid())
            }
          )
        })
      )
  }
}

interface Sealed {
  readonly expires: number
  readonly state: unknown
}

const nothing: Sealed = { expires: 0, state: undefined }

const encoder = new TextEncoder()
const encode = (text: string) => encoder.encode(text)

/** The types of WebCrypto do not take a view of a buffer that might be shared; these never are. */
const buffer = (bytes: Uint8Array) => bytes as Uint8Array<ArrayBuffer>

/**
 * The sealer in force. By default its key lives and dies with the process: provide keys that are shared to let a
 * call be resumed by another process, and after a restart.
 */
export const RequestState = Context.Reference<Sealer>("mcp-effect/server/RequestState", {
  defaultValue: () => make({ keys: [globalThis.crypto.getRandomValues(new Uint8Array(32))] })
})

/**
 * Seals with these keys. `StateKeys.layer` reads them from the configuration instead.
 *
 * @example
 * ```ts
 * import * as RequestState from "mcp-effect/RequestState"
 *
 * const key = globalThis.crypto.getRandomValues(new Uint8Array(32))
 *
 * export const ForFiveMinutes = RequestState.layer({ keys: [key], timeToLive: 300_000 })
 * ```
 */
export const layer = (options: Options): Layer.Layer<never> => Layer.succeed(RequestState, make(options))
