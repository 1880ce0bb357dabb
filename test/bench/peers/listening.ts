/** Says where an HttpServer listens. */
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"

export const whereItListens = Layer.effectDiscard(
  Effect.flatMap(HttpServer.HttpServer, ({ address }) =>
    Effect.sync(() => console.log(`http://127.0.0.1:${(address as { readonly port: number }).port}/mcp`))
  )
)
