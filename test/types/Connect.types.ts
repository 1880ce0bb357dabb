/** Compiled with the rest: what has to hold, holds, and what must not compile, does not. Never run. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Client from "mcp-effect/Client"
import type * as Server from "mcp-effect/Server"

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
const holds = <_ extends true>() => {}

class Database extends Context.Service<Database, string>()("test/Database") {}
class Broken extends Error {
  readonly _tag = "Broken"
}

declare const plain: Server.Server
declare const needy: Server.Server<Database>
declare const transport: Layer.Layer<Client.Transport, Broken, Database>

const me = { name: "test", version: "1.0.0" }

const toUrl = Client.connect("https://example.com/mcp", me)
holds<Equal<typeof toUrl, Effect.Effect<Client.Service, Client.ClientError, Scope.Scope>>>()

const toCommand = Client.connect({ command: "node" }, me)
holds<Equal<Effect.Services<typeof toCommand>, Scope.Scope>>()

const toServer = Client.connect(plain, me)
holds<Equal<Effect.Services<typeof toServer>, Scope.Scope>>()

// What handlers need has to be provided before they can be called.
const toNeedy = Client.connect(needy, me)
holds<Equal<Effect.Services<typeof toNeedy>, Database | Scope.Scope>>()

const toTransport = Client.connect(transport, me)
holds<Equal<Effect.Services<typeof toTransport>, Database | Scope.Scope>>()
holds<Equal<Effect.Error<typeof toTransport>, Client.ClientError | Broken>>()

// @ts-expect-error a number leads nowhere
Client.connect(8000, me)
// @ts-expect-error a URL or a command has to be named
Client.connect({ headers: { "x-api-key": "k" } }, me)
