/**
 * All that a correct server must check over HTTP, by hand and for one tool, with nothing above `node:http`: what no
 * server that is correct can beat by much. `http-checked.ts`, no arguments.
 */
import { isUtf8 } from "node:buffer"
import { randomUUID } from "node:crypto"
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

const limit = 4 * 1024 * 1024
const modern = "2026-07-28"
const sessions = new Set<string>()
const serverInfo = { name: "checked", version: "1.0.0" }

type Fields = { readonly [key: string]: unknown }

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const refusalOf = (headers: IncomingHttpHeaders): number | undefined => {
  const { accept = "", host = "", origin } = headers
  if (!/^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(host)) return 421
  if (origin !== undefined && !/^https?:\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(origin)) return 403
  if (!/^application\/json(?:;|$)/i.test(headers["content-type"] ?? "")) return 415
  if (!accept.includes("application/json") || !accept.includes("text/event-stream")) return 406
  return Number(headers["content-length"] ?? 0) > limit ? 413 : undefined
}

const send = (response: ServerResponse, status: number, message?: object, session?: string): void => {
  const body = message === undefined ? "" : JSON.stringify({ jsonrpc: "2.0", ...message })
  const fields = ["content-type", "application/json", "content-length", String(Buffer.byteLength(body))]
  if (session !== undefined) fields.push("mcp-session-id", session)
  response.writeHead(status, fields)
  response.end(body)
}

const refuse = (response: ServerResponse, id: unknown, code: number, message: string, status = 400): void =>
  send(response, status, { id, error: { code, message } })

const tools = new Map([
  [
    "add",
    ({ a, b }: Fields) =>
      typeof a === "number" && typeof b === "number" && Number.isFinite(a) && Number.isFinite(b)
        ? { content: [{ type: "text", text: String(a + b) }] }
        : { content: [{ type: "text", text: "a and b must be numbers" }], isError: true }
  ]
])

/** Whether what a request of 2026-07-28 says in its headers and of itself agrees. */
const agrees = (headers: IncomingHttpHeaders, method: string, { _meta, name }: Fields): boolean =>
  isFields(_meta) &&
  _meta["io.modelcontextprotocol/protocolVersion"] === modern &&
  isFields(_meta["io.modelcontextprotocol/clientInfo"]) &&
  isFields(_meta["io.modelcontextprotocol/clientCapabilities"]) &&
  headers["mcp-method"] === method &&
  (method !== "tools/call" || headers["mcp-name"] === name)

const answer = (headers: IncomingHttpHeaders, text: string, response: ServerResponse): void => {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return refuse(response, null, -32700, "Not JSON")
  }
  if (!isFields(message) || message["jsonrpc"] !== "2.0" || typeof message["method"] !== "string") {
    return refuse(response, null, -32600, "Not a request")
  }
  const { id, method, params = {} } = message
  if (!isFields(params)) return refuse(response, id, -32602, "params must be an object")
  const version = headers["mcp-protocol-version"]
  if (version === modern) {
    if (!agrees(headers, method, params)) return refuse(response, id, -32020, "Headers and body differ")
  } else if (method === "initialize") {
    const session = randomUUID()
    sessions.add(session)
    const result = { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo }
    return send(response, 200, { id, result }, session)
  } else {
    if (version !== "2025-11-25") return refuse(response, id, -32602, "Unsupported protocol version")
    const session = headers["mcp-session-id"]
    if (typeof session !== "string" || !sessions.has(session)) {
      return refuse(response, id, -32001, "No such session", 404)
    }
  }
  if (id === undefined) return send(response, 202)
  if (typeof id !== "string" && !Number.isInteger(id)) return refuse(response, null, -32600, "No id")
  if (method !== "tools/call") return refuse(response, id, -32601, "No such method", 404)
  const { arguments: args = {}, name } = params
  const tool = typeof name === "string" ? tools.get(name) : undefined
  if (tool === undefined || !isFields(args)) return refuse(response, id, -32602, "No such tool")
  const result = tool(args)
  const about = { resultType: "complete", _meta: { "io.modelcontextprotocol/serverInfo": serverInfo } }
  send(response, 200, { id, result: version === modern ? { ...result, ...about } : result })
}

const server = createServer((request, response) => {
  const { headers, method, url } = request
  if (url !== "/mcp") return send(response, 404)
  if (method === "DELETE") {
    return send(response, sessions.delete(String(headers["mcp-session-id"])) ? 204 : 404)
  }
  if (method !== "POST") return send(response, 405)
  const refusal = refusalOf(headers)
  if (refusal !== undefined) return send(response, refusal)
  const chunks: Array<Buffer> = []
  let size = 0
  request.on("data", (chunk: Buffer) => {
    size += chunk.length
    if (size > limit) request.destroy()
    else chunks.push(chunk)
  })
  request.on("end", () => {
    const whole = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)
    if (!isUtf8(whole)) return refuse(response, null, -32700, "Not UTF-8")
    answer(headers, whole.toString(), response)
  })
})
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`)
})
