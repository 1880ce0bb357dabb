/** Compiled with the rest: a server is served with what it needs, or not at all (S028, S162). Never run. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Client from "../../src/client/Client.ts"
import * as Method from "../../src/server/Method.ts"
import * as Server from "../../src/server/Server.ts"
import * as Loopback from "../../src/transport/Loopback.ts"
import * as StdioServer from "../../src/transport/StdioServer.ts"
import * as StreamableServer from "../../src/transport/StreamableServer.ts"

class Database extends Context.Service<Database, { readonly size: number }>()("test/Database") {}
const layer = Layer.succeed(Database, { size: 1 })

const info = { name: "s", version: "1" }
const server = Server.make(
  info,
  Method.make("com.example/size", () => Effect.map(Database, ({ size }) => ({ size })))
)
const without = Server.make(info)
const client = Client.layer(info).pipe(Layer.provide(Loopback.layer(server)))

export const programs = () => {
  StdioServer.launch(server, layer)
  StdioServer.launch(without)
  // @ts-expect-error: the layer is missing
  StdioServer.launch(server)
  StreamableServer.web(without)
  StreamableServer.web(server, {}, layer)
  // @ts-expect-error: and as a function
  StreamableServer.web(server)
  // @ts-expect-error: with options, too
  StreamableServer.web(server, {})
  // @ts-expect-error: so it is by hand
  Effect.runFork(StdioServer.run(server))
  // @ts-expect-error: and in process
  Effect.runFork(Effect.provide(Client.Client, client))
  Effect.runFork(Effect.provide(Client.Client, Layer.provide(client, layer)))
}
