/**
 * The least that answers at all over HTTP: a body in, a template out, nothing checked. `http-raw.ts 1000` lists a
 * thousand more tools.
 */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { moreTools } from "./tools.ts"

const tools = JSON.stringify([{ name: "add", inputSchema: { type: "object" } }, ...moreTools()])
const json = { "content-type": "application/json", "mcp-session-id": "raw" }

interface Params {
  readonly arguments?: {
    readonly a?: number
    readonly b?: number
    readonly to?: number
    readonly text?: string
  }
}

const cache = `"resultType":"complete","ttlMs":0,"cacheScope":"private"`
const info = `{"name":"raw","version":"1.0.0"}`
const about = `"capabilities":{"tools":{}},"_meta":{"io.modelcontextprotocol/serverInfo":${info}}`

/** In both eras at once: what one of them does not know it passes over. */
const resultOf = (method: string, { arguments: args = {} }: Params): string => {
  if (method === "tools/call") {
    const text = args.text ?? String(args.to ?? (args.a ?? 0) + (args.b ?? 0))
    return `{"resultType":"complete","content":[{"type":"text","text":${JSON.stringify(text)}}]}`
  }
  if (method === "tools/list") return `{"tools":${tools},${cache}}`
  return method === "server/discover"
    ? `{"supportedVersions":["2026-07-28"],${about},${cache}}`
    : `{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":${info}}`
}

const server = createServer((request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => void chunks.push(chunk))
  request.on("end", () => {
    if (request.method !== "POST") return response.writeHead(request.method === "GET" ? 405 : 204).end()
    const { id, method, params = {} } = JSON.parse(Buffer.concat(chunks).toString())
    if (id === undefined) return response.writeHead(202).end()
    const answer = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${resultOf(method, params)}}`
    if (params.arguments?.to === undefined) {
      response.writeHead(200, { ...json, "content-length": Buffer.byteLength(answer) })
      return response.end(answer)
    }
    response.writeHead(200, { "content-type": "text/event-stream" })
    const token = JSON.stringify(params._meta.progressToken)
    for (let at = 1; at <= params.arguments.to; at++) {
      const told = `{"progressToken":${token},"progress":${at}}`
      response.write(`data: {"jsonrpc":"2.0","method":"notifications/progress","params":${told}}\n\n`)
    }
    return response.end(`data: ${answer}\n\n`)
  })
})
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`)
})
