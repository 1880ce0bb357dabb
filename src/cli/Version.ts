import * as Console from "effect/Console"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { Machine } from "./Machine.ts"

export const version = Command.make("version", {}, () =>
  Effect.flatMap(Machine, (machine) => Console.log(`MCP version ${machine.version}`))
).pipe(Command.withDescription("Print the version of this program"))
