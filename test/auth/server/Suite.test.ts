/** The official conformance suite's scenarios for authorization servers. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer, type AddressInfo } from "node:net"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Browser, hidden, resource, type Scene, start } from "./scene.ts"

const suite = fileURLToPath(
  new URL("../../../node_modules/@modelcontextprotocol/conformance/dist/index.js", import.meta.url)
)

/** A port that was free a moment ago. */
const freePort = Effect.promise(async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
})

/** What a user would do with the page the suite asks them to open. */
const agree = (url: string) =>
  Effect.gen(function* () {
    const browser = new Browser()
    const { location } = yield* browser.get(url)
    const page = yield* browser.get(location!)
    const action = new URL(location!.pathname, url)
    const answer = yield* browser.post(action, { ...hidden(page.text), decision: "approve" })
    yield* browser.get(answer.location!)
  })

const run = ({ url }: Scene, port: number) =>
  Effect.promise(async () => {
    const client = ["--client-id", "suite", "--port", String(port), "--resource", resource]
    const child = spawn(process.execPath, [suite, "authorization", "--url", url, ...client], {
      stdio: ["ignore", "pipe", "pipe"]
    })
    const lines: Array<string> = []
    for await (const line of createInterface(child.stdout)) {
      lines.push(line)
      if (line.startsWith(`${url}/authorize`)) await Effect.runPromise(agree(line))
    }
    return lines.join("\n")
  })

describe("the official suite", () => {
  it.live(
    "passes with our authorization server (AUTH-7, AUTH-8)",
    () =>
      Effect.gen(function* () {
        const port = yield* freePort
        const redirectUris = [`http://127.0.0.1:${port}/callback`]
        const scene = yield* start({ embedded: { clients: [{ id: "suite", redirectUris }] } })
        const printed = yield* run(scene, port)
        assert.include(printed, "✓ authorization-server-metadata-endpoint: 1 passed, 0 failed", printed)
        assert.include(printed, "✓ authorization-code-grant: 1 passed, 0 failed", printed)
      }),
    60_000
  )
})
