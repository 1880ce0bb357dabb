/** The transport to a URL. A module of its own: an HTTP client is a lot to load for those who start a command. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Authorized from "../auth/Authorized.ts"
import { layerHttpClient } from "../../transport/NodeStreamableClient.ts"
import * as StreamableClient from "../../transport/StreamableClient.ts"
import type { UrlTarget } from "./Target.ts"

export const make = Effect.fnUntraced(function* ({ headers, title, url }: UrlTarget) {
  const said = Object.keys(headers).some((name) => name.toLowerCase() === "authorization")
  const plain = Layer.build(layerHttpClient)
  const context = yield* said
    ? plain
    : // Tokens go to https and to this machine only; other servers are talked to without.
      Effect.catch(Layer.build(Authorized.stored(url, title)), () => plain)
  return yield* Effect.provideContext(StreamableClient.make({ url, headers }), context)
})
