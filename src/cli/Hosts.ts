import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Flags from "./Flags.ts"

export const hosts = Command.make("hosts", { json: Flags.json }, (input) =>
  Effect.flatMap(
    Effect.promise(() => import("./hosts/Listing.ts")),
    ({ list }) => list(input)
  )
).pipe(Command.withDescription("List the applications on this machine that use servers, and which they have"))
