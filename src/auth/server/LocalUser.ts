/** Whoever reaches a server that only this machine can reach is its user. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Settings } from "./Settings.ts"
import { SignIn, type User } from "./SignInMethod.ts"

/**
 * Signs everybody in as one user, who still has to agree. Dies unless the issuer is on a loopback address.
 *
 * @example
 * ```ts
 * import * as SignIn from "mcp-effect/SignIn"
 *
 * export const me = SignIn.local({ subject: "me" })
 * ```
 */
export const layer = (user: User): Layer.Layer<SignIn, never, Settings> =>
  Layer.effect(
    SignIn,
    Effect.flatMap(Settings, ({ issuer, local }) =>
      local
        ? Effect.succeed(SignIn.of({ _tag: "Form", fields: [], check: () => Effect.succeed(user) }))
        : Effect.die(new Error(`SignIn.local signs everybody in, and ${issuer} can be reached by others`))
    )
  )
