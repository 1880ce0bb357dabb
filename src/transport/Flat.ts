/** The services that calls are laid over. */
import * as Context from "effect/Context"

/** The same context without layers: what every call adds to it stays within what a Context takes without a copy. */
export const flat = <R>(context: Context.Context<R>): Context.Context<R> =>
  Context.makeUnsafe(context.mapUnsafe)
