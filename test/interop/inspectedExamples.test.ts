/** The command line of the MCP Inspector against examples, started as their READMEs say. */
import { assert, describe, it } from "@effect/vitest"
import { createServer } from "node:http"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { root, temporary } from "../cli/binary.ts"
import { folder, inspect, type Said } from "./inspector.ts"

const asking =
  (name: string, ...rest: ReadonlyArray<string>) =>
  async (method: string, ...args: ReadonlyArray<string>): Promise<Said> => {
    const server = join(root, "examples", name, "server.ts")
    const command = [process.execPath, "--conditions=mcp-effect-source", server, ...rest]
    return await inspect({ command }, ["--method", method, ...args])
  }

const result = (value: object): Said => ({ code: 0, stdout: { result: value } })
const text = (words: string) => ({ type: "text", text: words })

describe.skipIf(folder === undefined)("the Inspector's command line", () => {
  it("S150: echo says back as a tool, as a resource and as a prompt", async () => {
    const ask = asking("echo")
    assert.deepStrictEqual(
      await Promise.all([
        ask("tools/call", "--tool-name", "echo", "--tool-arg", "message=hi"),
        ask("resources/read", "--uri", "echo://hi"),
        ask("prompts/get", "--prompt-name", "echo", "--prompt-args", "message=hi")
      ]),
      [
        result({ content: [text("Tool echo: hi")] }),
        result({ contents: [{ uri: "echo://hi", mimeType: "text/plain", text: "Resource echo: hi" }] }),
        result({ messages: [{ role: "user", content: text("Please process this message: hi") }] })
      ]
    )
  }, 60_000)

  it("S151: sqlite-explorer shows the schema and what is selected, and drops no table", async () => {
    using home = temporary()
    const path = join(home.path, "moons.db")
    const database = new DatabaseSync(path)
    database.exec("CREATE TABLE moon (name TEXT); INSERT INTO moon VALUES ('Io')")
    database.close()
    const ask = asking("sqlite-explorer", path)
    const query = (sql: string) =>
      ask("tools/call", "--tool-name", "query_data", "--tool-args-json", JSON.stringify({ sql }))
    const schema = { uri: "schema://main", mimeType: "text/plain", text: "CREATE TABLE moon (name TEXT);" }
    assert.deepStrictEqual(
      await ask("resources/read", "--uri", "schema://main"),
      result({ contents: [schema] })
    )
    const refused = await query("DROP TABLE moon")
    assert.strictEqual(refused.code, 5)
    assert.include(JSON.stringify(refused.stdout), "attempt to write a readonly database")
    // What one statement attaches is not there for the next.
    assert.strictEqual((await query(`ATTACH DATABASE '${path}' AS other`)).code, 0)
    assert.strictEqual((await query("SELECT * FROM other.moon")).code, 5)
    assert.deepStrictEqual(await query("SELECT * FROM moon"), result({ content: [text('{"name":"Io"}')] }))
  }, 60_000)

  it("S153: simple-tool reads a page", async () => {
    const pages = createServer((_, response) => response.end("<h1>Hello</h1>")).listen(0, "127.0.0.1")
    await once(pages, "listening")
    const url = `http://127.0.0.1:${(pages.address() as AddressInfo).port}/`
    const ask = asking("simple-tool")
    const fetch = ["--tool-name", "fetch", "--tool-arg", `url=${url}`]
    try {
      assert.deepStrictEqual(
        await ask("tools/call", ...fetch, "-e", `ALLOWED_SITE=${url}`),
        result({ content: [text("<h1>Hello</h1>")] })
      )
      assert.strictEqual((await ask("tools/call", ...fetch)).code, 5)
    } finally {
      pages.close()
    }
  }, 60_000)

  it("S154 S155: simple-prompt and simple-resource give what they are asked for", async () => {
    const prompt = ["--prompt-name", "simple", "--prompt-args", "topic=generics"]
    assert.deepStrictEqual(
      await asking("simple-prompt")("prompts/get", ...prompt),
      result({
        description: "Ask for help, with context and a topic if there are any",
        messages: [{ role: "user", content: text("Please help me with this topic: generics") }]
      })
    )
    const uri = "file:///greeting.txt"
    assert.deepStrictEqual(
      await asking("simple-resource")("resources/read", "--uri", uri),
      result({ contents: [{ uri, mimeType: "text/plain", text: "Hello! This is a text resource." }] })
    )
  }, 60_000)
})
