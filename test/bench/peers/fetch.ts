/** What any Fetch handler costs on Node: a Request made for each message, and the Response read and written. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

type Handler = (request: Request) => Promise<Response>

const answer = async (handler: Handler, request: IncomingMessage, response: ServerResponse, body: Buffer) => {
  const { headers, method = "", url = "" } = request
  const { host = "" } = headers
  const init = { method, headers: headers as Record<string, string>, body: new Uint8Array(body) }
  const answered = await handler(new Request(`http://${host}${url}`, init))
  const text = await answered.text()
  response.writeHead(answered.status, Object.fromEntries(answered.headers)).end(text)
}

export const listen = (handler: Handler) => {
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => void chunks.push(chunk))
    request.on("end", () => void answer(handler, request, response, Buffer.concat(chunks)))
  })
  server.listen(0, "127.0.0.1", () => {
    console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`)
  })
}

/** The least a Fetch handler can do. */
export const bare: Handler = async (request) => {
  const { id, params } = await request.json()
  const text = String(params.arguments.a + params.arguments.b)
  const result = `{"content":[{"type":"text","text":"${text}"}]}`
  return new Response(`{"jsonrpc":"2.0","id":${id},"result":${result}}`, {
    headers: { "content-type": "application/json" }
  })
}
