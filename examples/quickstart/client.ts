/** Starts the server as a child process and talks to it: once in 2026-07-28, once in 2025-11-25. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Client from "mcp-effect/Client"
import * as StdioClient from "mcp-effect/StdioClient"
import { fileURLToPath } from "node:url"
import * as screen from "./screen.ts"
import { Add, BookTable, CountSheep } from "./tools.ts"

const Server = StdioClient.layer({
  command: process.execPath,
  args: [...process.execArgv, fileURLToPath(new URL("server.ts", import.meta.url))],
  stderr: "ignore"
})

/** Answers the server's questions; a real application would show its user a form. */
const elicit: Client.ElicitHandler = ({ message }) =>
  Effect.sync(() => {
    screen.line("question", `${message} ${screen.green("4 guests, outside")}`)
    return Client.accept({ guests: 4, outside: true })
  })

const conversation = Effect.gen(function* () {
  const client = yield* Client.Client
  const { info, protocolVersion, era } = client.server
  screen.rule(`${protocolVersion}, ${era}`)
  screen.line("server", `${info.name} ${info.version}`)
  screen.line("tools", (yield* client.tools).map((tool) => tool.name).join(", "))

  const sum = yield* client.call(Add, { a: 2, b: 40 })
  screen.line("add", `2 + 40 = ${screen.bold(String(sum))}`)

  const { contents } = yield* client.readResource("greeting://Ada")
  screen.line("read", contents.map((content) => ("text" in content ? content.text : content.uri)).join())

  const { messages } = yield* client.getPrompt("review", { code: "1 + 1" })
  const said = messages.map(({ content }) => ("text" in content ? content.text : content.type)).join()
  screen.line("prompt", said.replaceAll(/\s+/g, " "))

  screen.line("book_table", yield* client.call(BookTable, { restaurant: "Chez Ada" }))

  const onProgress = ({ progress, total = 1, message = "" }: Client.Progress) =>
    Effect.sync(() => screen.bar("count_sheep", progress, total, message))
  screen.line("", yield* client.call(CountSheep, { sheep: 24 }, { onProgress }))
})

const speak = (version: string) =>
  conversation.pipe(
    Effect.provide(
      Client.layer({
        name: "quickstart-client",
        version: "1.0.0",
        versions: [version],
        logLevel: "info",
        elicit,
        onLog: ({ level, data }) => Effect.sync(() => screen.line(`log ${level}`, String(data)))
      }).pipe(Layer.provide(Server)),
      { local: true }
    )
  )

screen.title("mcp-effect: one server, one client, two eras of the protocol")
Effect.andThen(speak("2026-07-28"), speak("2025-11-25")).pipe(
  Effect.andThen(Effect.sync(() => screen.title(screen.green("Done.")))),
  NodeRuntime.runMain
)
