/** A sign-in that was not begun. A module of its own: to find it in an error takes no OAuth client. */
import * as Schema from "effect/Schema"

export class Unasked extends Schema.TaggedError<Unasked>()("Unasked", {
  message: Schema.String,
  server: Schema.String
}) {}

/** Wherever in an error it is. */
export const of = (error: unknown): Unasked | undefined => {
  if (error instanceof Unasked) return error
  return typeof error === "object" && error !== null && "cause" in error ? of(error.cause) : undefined
}
