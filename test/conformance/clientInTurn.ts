/** The client the suite tests, when it is its turn: `clientInTurn.ts PORT URL`. */
import * as Turns from "./turns.ts"

await Turns.take(Number(process.argv[2]))
await import("./client.ts")
