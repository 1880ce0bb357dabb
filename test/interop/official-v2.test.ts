/** The official TypeScript client of the 2.x line against our quickstart server, over a child process's stdio. */
import { assert, describe, it } from "@effect/vitest"
import { Client } from "@modelcontextprotocol/client"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { quickstart } from "./quickstart.ts"

const connect = async (mode: "legacy" | { pin: string } | "auto") => {
  const client = new Client(
    { name: "interop", version: "1.0.0" },
    { capabilities: { elicitation: {} }, versionNegotiation: { mode } }
  )
  client.setRequestHandler("elicitation/create", () => ({
    action: "accept" as const,
    content: { guests: 4, outside: true }
  }))
  await client.connect(new StdioClientTransport(quickstart))
  return client
}

for (const [mode, version] of [
  ["legacy", "2025-11-25"],
  [{ pin: "2026-07-28" }, "2026-07-28"],
  ["auto", "2026-07-28"]
] as const) {
  describe(`official client 2.4.0, ${JSON.stringify(mode)}`, () => {
    it(`S004: lists, calls, reads, prompts and answers a question at ${version}`, async () => {
      const client = await connect(mode)
      try {
        assert.strictEqual(client.getNegotiatedProtocolVersion(), version)
        const { tools } = await client.listTools()
        assert.deepStrictEqual(
          tools.map((tool) => tool.name),
          ["add", "book_table", "count_sheep"]
        )
        const sum = await client.callTool({ name: "add", arguments: { a: 2, b: 40 } })
        assert.deepStrictEqual(sum.content, [{ type: "text", text: "42" }])

        const booked = await client.callTool({ name: "book_table", arguments: { restaurant: "Chez Ada" } })
        assert.deepStrictEqual(booked.content, [
          { type: "text", text: "Booked: Chez Ada, 4 guests, outside" }
        ])

        const seen: Array<number> = []
        await client.callTool(
          { name: "count_sheep", arguments: { sheep: 3 } },
          { onprogress: ({ progress }) => seen.push(progress) }
        )
        // That client forgets its listener when the result arrives, and may have the last report in hand by then.
        assert.isAtLeast(seen.length, 2)
        assert.deepStrictEqual(seen, [1, 2, 3].slice(0, seen.length))

        const read = await client.readResource({ uri: "greeting://Ada" })
        assert.strictEqual("text" in read.contents[0]! && read.contents[0].text, "Hello, Ada!")
        const prompt = await client.getPrompt({ name: "review", arguments: { code: "1 + 1" } })
        assert.strictEqual(prompt.messages[0]?.role, "user")
      } finally {
        await client.close()
      }
    })
  })
}
