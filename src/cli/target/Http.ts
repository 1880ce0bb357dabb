/** The transport to a URL. A module of its own: an HTTP client is a lot to load for those who start a command. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Variables } from "../Env.ts"
import { layerHttpClient } from "../../transport/NodeStreamableClient.ts"
import * as StreamableClient from "../../transport/StreamableClient.ts"

export const make = (url: string, headers: Variables) =>
  Effect.flatMap(Layer.build(layerHttpClient), (context) =>
    Effect.provideContext(StreamableClient.make({ url, headers }), context)
  )
