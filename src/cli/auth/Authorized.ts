/** An HttpClient with the tokens this user has for a server. They are kept in one file, for all servers. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import * as UserDirectories from "effect/persistence/UserDirectories"
import { Interaction, InteractionError } from "../../auth/Interaction.ts"
import * as NodeGuardedHttp from "../../auth/NodeGuardedHttp.ts"
import * as NodeTokenStore from "../../auth/NodeTokenStore.ts"
import * as OAuthClient from "../../auth/OAuthClient.ts"
import { layerHttpClient } from "../../transport/NodeStreamableClient.ts"
import * as Unasked from "./Unasked.ts"

export type Services = Path.Path | UserDirectories.UserDirectories

/** Where the tokens are. */
export const file = Effect.gen(function* () {
  const path = yield* Path.Path
  const directories = yield* UserDirectories.UserDirectories
  const directory = yield* Effect.orDie(directories.data("mcp-effect"))
  return path.join(directory, "tokens.json")
})

const store = Layer.unwrap(Effect.map(file, NodeTokenStore.layerFile))

/** Asks the user in the given way. */
export const layer = (
  server: string,
  interaction: Layer.Layer<Interaction>,
  scopes: ReadonlyArray<string> = []
): Layer.Layer<OAuthClient.Provided, OAuthClient.AuthorizationError, Services> =>
  OAuthClient.layer({ server, scopes, client: { client_name: "mcp-effect command line" } }).pipe(
    Layer.provide([layerHttpClient, NodeGuardedHttp.layer(), store, interaction])
  )

/**
 * Uses and renews the tokens there are. Nobody is asked: whoever runs a script may not be
 * there. They are told to sign in by the name they use: a URL that an application keeps may hold a secret.
 */
export const stored = (server: string, title = server) =>
  layer(
    server,
    Layer.succeed(Interaction, {
      open: () =>
        Effect.fail(
          new InteractionError({
            message: "It takes a sign-in",
            cause: new Unasked.Unasked({ message: "It takes a sign-in", server: title })
          })
        )
    })
  )
