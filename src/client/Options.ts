/** What an application says about the client it makes. */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type { Icon } from "../protocol/Icon.ts"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Meta from "../protocol/Meta.ts"
import type * as Cache from "./Cache.ts"
import type { Timeouts } from "./Deadlines.ts"
import type { Identity } from "./Dialect.ts"
import * as Handlers from "./Handlers.ts"
import type { Notice } from "./Notices.ts"
import type * as Pace from "./Pace.ts"
import type { LogLevel, LogMessage } from "./Results.ts"

export interface Options<out R = never> extends Handlers.Handlers<R> {
  readonly name: string
  readonly version: string
  readonly title?: string
  readonly description?: string
  readonly websiteUrl?: string
  readonly icons?: ReadonlyArray<Icon>
  /**
   * The revisions the client may speak, the most wanted first. One version forces it; leaving versions out forbids
   * them. Default: all of them, newest first.
   */
  readonly versions?: ReadonlyArray<string>
  /** Deadlines of every request: 60 seconds of silence and 10 minutes in all, unless said otherwise. */
  readonly timeout?: Timeouts
  /** How long a server may be silent about `server/discover` before `initialize` is tried. Default: 5 seconds. */
  readonly probeTimeout?: Duration.Input
  /**
   * How often a server of the stateful era is asked for a sign of life. One that gives none within the same time is
   * taken for gone. Default: never, as most transports tell by themselves.
   */
  readonly keepAlive?: Duration.Input
  /** How often a server may ask for input during one request. Default: 16. */
  readonly maxRounds?: number
  /** How much the server may ask. */
  readonly questions?: Pace.Options
  /** `false` keeps no results. */
  readonly cache?: boolean | Cache.Options
  /** From which level on the server is to send log messages. Default: none at all. */
  readonly logLevel?: LogLevel
  readonly onLog?: (message: LogMessage) => Effect.Effect<unknown, never, R>
  /** Hears every notification but progress, one after another. It may call the client. */
  readonly onNotification?: (notice: Notice) => Effect.Effect<unknown, never, R>
  readonly experimental?: JsonRpc.Params
  /** Extensions the client supports, each with its settings. */
  readonly extensions?: { readonly [id: string]: JsonRpc.Params }
  /** Values of `resultType` that those extensions bring, each with the name of its extension. */
  readonly resultTypes?: { readonly [resultType: string]: string }
}

/** The values of `resultType` that this client can read, by extensions that it declares. */
export const resultTypes = ({ extensions = {}, resultTypes = {} }: Options<unknown>) =>
  new Map<unknown, string>(
    Object.entries(resultTypes).filter(([, extension]) => Object.hasOwn(extensions, extension))
  )

export const identity = (options: Options<unknown>): Identity => {
  const { description, experimental, extensions, icons, name, title, version, websiteUrl } = options
  for (const id of Object.keys(extensions ?? {})) Meta.checkExtension(id)
  return {
    clientInfo: {
      name,
      version,
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      ...(websiteUrl !== undefined && { websiteUrl }),
      ...(icons !== undefined && { icons })
    },
    capabilities: {
      ...Handlers.capabilities(options),
      ...(experimental !== undefined && { experimental }),
      ...(extensions !== undefined && { extensions })
    }
  }
}
