/** The official SDK 2.4 on HTTP, behind its own adapter for Node. */
import { toNodeHandler } from "@modelcontextprotocol/node"
import { createMcpHandler, fromJsonSchema, McpServer } from "@modelcontextprotocol/server"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as z from "zod"
import { moreTools } from "./tools.ts"

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: "official", version: "1.0.0" })
  server.registerTool(
    "add",
    { description: "Add two numbers", inputSchema: z.object({ a: z.number(), b: z.number() }) },
    ({ a, b }) => ({ content: [{ type: "text", text: String(a + b) }] })
  )
  server.registerTool("echo", { inputSchema: z.object({ text: z.string() }) }, ({ text }) => ({
    content: [{ type: "text", text }]
  }))
  server.registerTool("count", { inputSchema: z.object({ to: z.number() }) }, async ({ to }, { mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken ?? "nobody's"
    for (let progress = 1; progress <= to; progress++) {
      await mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress } })
    }
    return { content: [{ type: "text", text: String(to) }] }
  })
  for (const { name, ...about } of moreTools()) {
    server.registerTool(name, { ...about, inputSchema: fromJsonSchema(about.inputSchema) }, () => ({
      content: []
    }))
  }
  return server
})

const answer = toNodeHandler(handler)
const server = createServer(
  (request, response) =>
    void answer(Object.assign(request, { method: request.method ?? "", url: request.url ?? "" }), response)
)
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`)
})
