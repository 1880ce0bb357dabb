/**
 * The least that answers at all: a line in, a template out, nothing checked. `raw.ts 1000` lists a thousand more
 * tools. It writes line by line, as such programs do, so whoever joins what leaves in one turn can be faster.
 */
import { stdin, stdout } from "node:process"
import { createInterface } from "node:readline"
import { moreTools } from "./tools.ts"

const info = `"serverInfo":{"name":"raw","version":"1.0.0"}`
const tools = JSON.stringify([
  {
    name: "add",
    description: "Add two numbers",
    inputSchema: {
      type: "object",
      properties: { a: { type: "number" }, b: { type: "number" } },
      required: ["a", "b"]
    }
  },
  {
    name: "count",
    description: "Count, and report it",
    inputSchema: { type: "object", properties: { to: { type: "number" } }, required: ["to"] }
  },
  {
    name: "echo",
    description: "Say it back",
    inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] }
  },
  ...moreTools()
])

interface Params {
  readonly arguments: { readonly a: number; readonly b: number; readonly to?: number; readonly text?: string }
}

const resultOf = (method: string, params: Params): string => {
  if (method === "tools/call") {
    const { a, b, text, to } = params.arguments
    return `{"content":[{"type":"text","text":${JSON.stringify(text ?? String(to ?? a + b))}}]}`
  }
  return method === "tools/list"
    ? `{"tools":${tools}}`
    : `{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},${info}}`
}

createInterface({ input: stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line)
  if (id === undefined) return
  const token = params._meta?.progressToken
  const reports = token === undefined ? 0 : params.arguments.to
  for (let at = 1; at <= reports; at++) {
    const told = `{"progressToken":${JSON.stringify(token)},"progress":${at}}`
    stdout.write(`{"jsonrpc":"2.0","method":"notifications/progress","params":${told}}\n`)
  }
  stdout.write(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${resultOf(method, params)}}\n`)
})
