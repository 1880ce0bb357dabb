/** The client in a browser: bundled for one, and run where nothing of Node is. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import { fileURLToPath } from "node:url"
import { createContext, runInContext } from "node:vm"
import { rolldown } from "rolldown"

const page = `
  import * as Effect from "effect/Effect"
  import * as Client from "mcp-effect/Client"

  export const add = (url, version, args) =>
    Client.connect(url, { name: "page", version: "1.0.0", versions: [version] }).pipe(
      Effect.flatMap((client) => client.callTool("add", args)),
      Effect.scoped,
      Effect.runPromise
    )
`

/** What a page is sent, and what the bundler had to say. */
const bundle = async () => {
  const warnings: Array<string> = []
  const build = await rolldown({
    input: "page",
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    platform: "browser",
    plugins: [
      {
        name: "page",
        resolveId: (id) => (id === "page" ? fileURLToPath(new URL("page.ts", import.meta.url)) : null),
        load: (id) => (id.endsWith("/page.ts") ? page : null)
      }
    ],
    onLog: (_level, { message }) => void warnings.push(message)
  })
  const { output } = await build.generate({ format: "iife", name: "page", codeSplitting: false })
  await build.close()
  return { code: output[0].code, files: output.length, warnings }
}

/** What pages have besides the language, as far as it is needed: `process`, `Buffer` and `require` are not there. */
const web = {
  AbortController,
  Headers,
  Request,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
  clearTimeout,
  crypto,
  fetch,
  setTimeout
}

describe("in a browser", () => {
  it.live("S011: the client bundles for one without anything of Node, and runs there", () =>
    Effect.gen(function* () {
      const { code, files, warnings } = yield* Effect.promise(bundle)
      assert.deepStrictEqual(warnings, [])
      assert.strictEqual(files, 1)

      const server = Server.make(
        { name: "demo", version: "1.0.0" },
        Tool.handle(
          Tool.make("add", { input: { a: Schema.Finite, b: Schema.Finite }, output: Schema.Finite }),
          ({ a, b }) => a + b
        )
      )
      const { url } = yield* NodeServer.listen(server, { port: 0 })
      const inside = createContext(web)
      for (const version of ["2026-07-28", "2025-11-25"]) {
        const run = `${code}; page.add("${url}", "${version}", { a: 2, b: 40 })`
        const { content } = yield* Effect.promise(
          () => runInContext(run, inside) as Promise<{ content: unknown }>
        )
        assert.deepStrictEqual(JSON.parse(JSON.stringify(content)), [{ type: "text", text: "42" }])
      }
    }).pipe(Effect.scoped)
  )
})
