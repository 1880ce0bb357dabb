/** Uses the library, and counts on the server's log how often its database was opened and closed. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import * as StdioClient from "mcp-effect/StdioClient"
import { fileURLToPath } from "node:url"
import { AddBook, FindBook, Search } from "./tools.ts"

const log: Array<string> = []
const times = (event: string) => log.filter((line) => line.includes(event)).length

const Server = StdioClient.layer({
  command: process.execPath,
  args: [...process.execArgv, fileURLToPath(new URL("server.ts", import.meta.url))],
  stderr: (line) => log.push(line)
})

const visit = Effect.gen(function* () {
  const client = yield* Client.connect(Server, { name: "reader", version: "1.0.0" })
  const added = yield* client.call(AddBook, { title: "The Dispossessed", author: "Ursula K. Le Guin" })
  yield* client.call(AddBook, { title: "Solaris", author: "Stanisław Lem" })
  yield* Console.log(`added ${added.title} as number ${added.id}`)
  const { books } = yield* client.call(Search, { words: "solar" })
  yield* Console.log(`found ${books.map((book) => `${book.title} by ${book.author}`).join()}`)
  // The contract says how the tool can fail, so the failure is caught by its name.
  yield* client
    .call(FindBook, { id: 99 })
    .pipe(Effect.catchTag("NoSuchBook", (failure) => Console.log(`not found: number ${failure.id}`)))
})

Effect.scoped(visit).pipe(
  // The scope is closed: the server has ended, and so has its database.
  Effect.andThen(
    Effect.suspend(() =>
      Console.log(
        `the database was opened ${times("database opened")} time, closed ${times("database closed")} time`
      )
    )
  ),
  NodeRuntime.runMain
)
