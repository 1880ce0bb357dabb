/** The official SDK 2.4 on HTTP, behind its own adapters for Node: each request by itself, and in sessions. */
import { NodeStreamableHTTPServerTransport, toNodeHandler } from "@modelcontextprotocol/node"
import { createMcpHandler, fromJsonSchema, McpServer } from "@modelcontextprotocol/server"
import { randomUUID } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import * as z from "zod"
import { moreTools } from "./tools.ts"

const make = () => {
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
}

const sessions = new Map<string, NodeStreamableHTTPServerTransport>()

const inSession = async (request: IncomingMessage, response: ServerResponse) => {
  const known = sessions.get(String(request.headers["mcp-session-id"]))
  if (known !== undefined) return known.handleRequest(request, response)
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, transport),
    onsessionclosed: (id) => void sessions.delete(id)
  })
  await make().connect(transport)
  await transport.handleRequest(request, response)
}

const answer = toNodeHandler(createMcpHandler(make))
const server = createServer((request, response) => {
  const { headers, method = "", url = "" } = request
  if (headers["mcp-protocol-version"] !== "2026-07-28") return void inSession(request, response)
  void answer(Object.assign(request, { method, url }), response)
})
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`)
})
