/**
 * How a user is asked for permission: a page of the authorization server is shown to them, and they come back with its
 * answer.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#authorization-flow-steps
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

/** The user could not be asked. */
export class InteractionError extends Schema.TaggedError<InteractionError>()("InteractionError", {
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Unknown)
}) {}

export interface Page {
  /** Where to send the user: https, or http on this machine, and safe to hand to a browser. */
  readonly url: string
  /** What the answer must carry as `state`. Answers without it are not the user's, and are passed over. */
  readonly state: Redacted.Redacted
}

/** A place the user can come back to, while its scope is open. */
export interface Visit {
  readonly redirectUri: string
  /** Shows the page, and waits for the parameters the user comes back with. */
  readonly show: (page: Page) => Effect.Effect<URLSearchParams, InteractionError>
}

export class Interaction extends Context.Service<
  Interaction,
  {
    /** `preferred` is where the client is registered to be sent to; another place has to be registered first. */
    readonly open: (preferred: string | undefined) => Effect.Effect<Visit, InteractionError, Scope.Scope>
  }
>()("mcp-effect/auth/Interaction") {}

export interface Handlers<E, R> {
  /** Where the authorization server sends the user to: https, or http on this machine. */
  readonly redirectUri: string
  /** Shows the page to the user, in whatever way the application has. */
  readonly show: (url: string) => Effect.Effect<void, E, R>
  /** The URL the user was sent to in the end, with its query. */
  readonly returned: Effect.Effect<string, E, R>
}

/**
 * An interaction in two steps of one's own: show a URL, and say where the user was sent to.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Interaction from "mcp-effect/Interaction"
 *
 * declare const window: { readonly open: (url: string) => void; readonly callback: () => Promise<string> }
 *
 * export const InOurWindow = Interaction.layer({
 *   redirectUri: "https://app.example.com/callback",
 *   show: (url) => Effect.sync(() => window.open(url)),
 *   returned: Effect.promise(() => window.callback())
 * })
 * ```
 */
export const layer = <E, R>({
  redirectUri,
  returned,
  show
}: Handlers<E, R>): Layer.Layer<Interaction, never, R> =>
  Layer.effect(
    Interaction,
    Effect.contextWith((context: Context.Context<R>) =>
      Effect.succeed(
        Interaction.of({
          open: () =>
            Effect.succeed({
              redirectUri,
              show: ({ url }) =>
                show(url).pipe(
                  Effect.andThen(returned),
                  Effect.mapError(
                    (cause) => new InteractionError({ message: "The user could not be asked", cause })
                  ),
                  Effect.flatMap(parameters),
                  Effect.provideContext(context)
                )
            })
        })
      )
    )
  )

/** The parameters of a URL somebody pasted; the query alone will do. */
export const parameters = (text: string): Effect.Effect<URLSearchParams, InteractionError> => {
  const trimmed = text.trim()
  const url = URL.parse(trimmed)
  const query = url === null ? trimmed.replace(/^\?/, "") : url.search
  return query.includes("=")
    ? Effect.succeed(new URLSearchParams(query))
    : Effect.fail(new InteractionError({ message: "What came back is no URL with an answer in it" }))
}
