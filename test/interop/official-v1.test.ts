/** The official TypeScript client of the 1.x line against our quickstart server: stateful revisions only. */
import { assert, describe, it } from "@effect/vitest"
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js"
import { ElicitRequestSchema, LoggingMessageNotificationSchema } from "@modelcontextprotocol/sdk/types.js"
import { quickstart } from "./quickstart.ts"

describe("official client 1.32.2", () => {
  it("S004: lists, calls, reads, prompts, logs and answers a question", async () => {
    const client = new Client({ name: "interop", version: "1.0.0" }, { capabilities: { elicitation: {} } })
    const logged: Array<unknown> = []
    client.setRequestHandler(ElicitRequestSchema, () => ({
      action: "accept" as const,
      content: { guests: 2, outside: false }
    }))
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      logged.push(params.level)
    })
    await client.connect(new StdioClientTransport(quickstart))
    try {
      await client.setLoggingLevel("info")
      const { tools } = await client.listTools()
      assert.strictEqual(tools.length, 3)
      const sum = await client.callTool({ name: "add", arguments: { a: 2, b: 40 } })
      assert.deepStrictEqual(sum["content"], [{ type: "text", text: "42" }])
      const booked = await client.callTool({ name: "book_table", arguments: { restaurant: "Chez Ada" } })
      assert.deepStrictEqual(booked["content"], [
        { type: "text", text: "Booked: Chez Ada, 2 guests, inside" }
      ])
      const seen: Array<number> = []
      await client.callTool({ name: "count_sheep", arguments: { sheep: 3 } }, undefined, {
        onprogress: ({ progress }) => seen.push(progress)
      })
      // That client forgets its listener when the result arrives, and may have the last report in hand by then.
      assert.isAtLeast(seen.length, 2)
      assert.deepStrictEqual(seen, [1, 2, 3].slice(0, seen.length))
      assert.deepStrictEqual(logged, ["info"])
      const { contents } = await client.readResource({ uri: "greeting://Ada" })
      assert.strictEqual("text" in contents[0]! && contents[0].text, "Hello, Ada!")
      const prompt = await client.getPrompt({ name: "review", arguments: { code: "1 + 1" } })
      assert.strictEqual(prompt.messages[0]?.role, "user")
      await client.ping()
    } finally {
      await client.close()
    }
  })
})
