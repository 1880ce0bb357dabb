/** What the server does for whoever signed in. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Principal from "mcp-effect/Principal"
import * as Scopes from "mcp-effect/Scopes"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import * as UpstreamTokens from "mcp-effect/UpstreamTokens"
import { profile } from "./github.ts"

const GetUserProfile = Tool.make("get_user_profile", {
  description: "Who is signed in",
  output: Schema.Struct({ subject: Schema.String, login: Schema.optionalKey(Schema.String) })
})

const TellSecret = Tool.make("tell_secret", { description: "Something not every client may hear" })

// Server<Principal | UpstreamTokens | HttpClient>: it cannot be served without a guard that says who calls.
export const server = Server.make(
  { name: "auth-server", version: "1.0.0" },
  Tool.handle(GetUserProfile, () =>
    Effect.gen(function* () {
      const { subject } = yield* Principal.Principal
      // GitHub is asked with the token it gave to this server. The one the client sent stays here.
      const login = yield* Effect.option(
        Effect.flatMap(UpstreamTokens.current, (token) => Effect.map(profile(token), (user) => user.login))
      )
      return login._tag === "Some" ? { subject, login: login.value } : { subject }
    })
  ),
  // Without the scope the answer is 403, and the client asks its user for it.
  Tool.handle(TellSecret, () => Effect.as(Scopes.require("user", "user:secrets"), "It is 42."))
)
