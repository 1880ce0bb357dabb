/**
 * The key ring of `RequestState`, from the configuration. Apart from it, so that a server without shared keys does
 * not load the reader.
 */
import * as Config from "effect/Config"
import { SourceError } from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as RequestState from "./RequestState.ts"

const variable = "MCP_STATE_KEYS"
const keyLength = 32

type Ring = RequestState.Options["keys"]

/** Says which key of the list is wrong, and never what it is. */
const parse = (text: string): Effect.Effect<Ring, Config.ConfigError> => {
  const keys = text.split(",").map((part) => decode(part.trim()))
  const wrong = keys.findIndex((key) => key?.length !== keyLength)
  const [first, ...rest] = keys.filter((key) => key !== undefined)
  return wrong === -1 && first !== undefined
    ? Effect.succeed([first, ...rest])
    : Effect.fail(
        new Config.ConfigError(
          new SourceError({ message: `${variable}: key ${wrong + 1} is not ${keyLength} bytes in base64` })
        )
      )
}

/** Without padding it is base64url, though it may happen to have no letter that tells. */
const decode = (text: string): Uint8Array | undefined =>
  Result.getOrUndefined(/[-_]|^[^=]{43}$/.test(text) ? Base64Url.decode(text) : Base64.decode(text))

/** One or more keys of 32 bytes in base64, separated by commas; none if the variable is not set. */
export const config: Config.Config<Option.Option<Ring>> = Config.option(
  Config.mapEffect(Config.Redacted(variable), (text) => parse(Redacted.value(text)))
)

/**
 * Seals with the keys in `MCP_STATE_KEYS`. The first one seals and all of them open, so a key is rotated by putting
 * a new one in front and dropping the old one later. Without the variable the key is random and dies with the
 * process. Fails when a key is malformed.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import * as StateKeys from "mcp-effect/StateKeys"
 *
 * export const live = (application: Layer.Layer<never>) => Layer.provide(application, StateKeys.layer)
 * ```
 */
export const layer: Layer.Layer<never, Config.ConfigError> = Layer.unwrap(
  Effect.map(
    config,
    Option.match({ onNone: () => Layer.empty, onSome: (keys) => RequestState.layer({ keys }) })
  )
)
