/** Goes once around the server. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"

/** A weather service of our own, until the scope closes: the tour needs no network. */
const weather = Effect.map(
  Effect.acquireRelease(
    Effect.promise(async () => {
      const service = createServer(({ url = "" }, response) =>
        response.end(`${decodeURIComponent(url.slice(1, url.indexOf("?")))}: sunny, 21 °C`)
      )
      await once(service.listen(0, "127.0.0.1"), "listening")
      return service
    }),
    (service) => Effect.sync(() => (service.closeAllConnections(), service.close()))
  ),
  (service) => `http://127.0.0.1:${(service.address() as AddressInfo).port}/`
)

const program = Effect.gen(function* () {
  const client = yield* Client.connect(
    {
      command: process.execPath,
      args: [...process.execArgv, fileURLToPath(new URL("server.ts", import.meta.url))],
      env: { WEATHER_URL: yield* weather },
      stderr: "ignore"
    },
    {
      name: "tourist",
      version: "1.0.0",
      logLevel: "info",
      onLog: ({ data }) => Console.log(`  log: ${String(data)}`)
    }
  )
  for (const uri of ["config://app", "users://42/profile"]) {
    const { contents } = yield* client.readResource(uri)
    yield* Console.log(contents.map((item) => ("text" in item ? item.text : item.uri)).join())
  }
  const call = Effect.fnUntraced(function* (name: string, args: { readonly [name: string]: unknown }) {
    const { content } = yield* client.callTool(name, args, {
      onProgress: ({ progress, total }) => Console.log(`  ${progress} of ${total}`)
    })
    for (const block of content) {
      if (block.type === "text") yield* Console.log(block.text)
      if (block.type === "image") yield* Console.log(`${block.mimeType}, ${block.data.length} letters`)
    }
  })
  yield* call("calculate_bmi", { weight_kg: 80, height_m: 2 })
  yield* call("fetch_weather", { city: "Łódź" })
  yield* call("create_thumbnail", { red: 255, green: 128, blue: 0 })
  yield* call("long_task", { users: [1, 2] })
  for (const [name, args] of [
    ["review_code", { code: "1 + 1" }],
    ["debug_error", { error: "It does not work" }]
  ] as const) {
    const { messages } = yield* client.getPrompt(name, args)
    for (const { content, role } of messages) {
      yield* Console.log(`${role}: ${"text" in content ? content.text : content.type}`)
    }
  }
})

Effect.scoped(program).pipe(NodeRuntime.runMain)
