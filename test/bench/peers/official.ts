/** The official SDK 2.4, as its documentation says hello. */
import { fromJsonSchema, McpServer } from "@modelcontextprotocol/server"
import { serveStdio } from "@modelcontextprotocol/server/stdio"
import * as z from "zod"
import { moreTools } from "./tools.ts"

serveStdio(() => {
  const server = new McpServer({ name: "official", version: "1.0.0" })
  server.registerTool(
    "add",
    { description: "Add two numbers", inputSchema: z.object({ a: z.number(), b: z.number() }) },
    ({ a, b }) => ({ content: [{ type: "text", text: String(a + b) }] })
  )
  server.registerTool(
    "count",
    { description: "Count, and report it", inputSchema: z.object({ to: z.number() }) },
    async ({ to }, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken ?? "nobody's"
      for (let progress = 1; progress <= to; progress++) {
        await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress } })
      }
      return { content: [{ type: "text", text: String(to) }] }
    }
  )
  server.registerTool(
    "echo",
    { description: "Say it back", inputSchema: z.object({ text: z.string() }) },
    ({ text }) => ({ content: [{ type: "text", text }] })
  )
  for (const { name, ...about } of moreTools()) {
    server.registerTool(name, { ...about, inputSchema: fromJsonSchema(about.inputSchema) }, () => ({
      content: []
    }))
  }
  return server
})
