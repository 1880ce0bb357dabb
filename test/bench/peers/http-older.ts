/** The official SDK 1.32 on HTTP, with sessions as its documentation shows them. */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js"
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js"
import { randomUUID } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import * as z from "zod"

const make = () => {
  const server = new McpServer({ name: "older", version: "1.0.0" })
  server.registerTool(
    "add",
    { description: "Add two numbers", inputSchema: { a: z.number(), b: z.number() } },
    ({ a, b }) => ({ content: [{ type: "text", text: String(a + b) }] })
  )
  return server
}

const sessions = new Map<string, StreamableHTTPServerTransport>()

const answer = async (request: IncomingMessage, response: ServerResponse) => {
  const known = sessions.get(String(request.headers["mcp-session-id"]))
  if (known !== undefined) return known.handleRequest(request, response)
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, transport),
    onsessionclosed: (id) => void sessions.delete(id)
  })
  // Its own types disagree about what is optional.
  await make().connect(transport as Parameters<McpServer["connect"]>[0])
  await transport.handleRequest(request, response)
}

const server = createServer((request, response) => void answer(request, response))
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`)
})
