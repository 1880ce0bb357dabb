/** What no server can beat: JSON lines in, templates out, nothing checked. `raw.ts 1000` lists a thousand more tools. */
import { stdin, stdout } from "node:process"
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
  ...moreTools()
])

const resultOf = (method: string, params: { readonly arguments: Record<string, number> }): string => {
  if (method === "tools/call") {
    const { a = 0, b = 0, to } = params.arguments
    return `{"content":[{"type":"text","text":"${to ?? a + b}"}]}`
  }
  return method === "tools/list"
    ? `{"tools":${tools}}`
    : `{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},${info}}`
}

const progress = (token: string, to = 0): string => {
  let lines = ""
  for (let at = 1; at <= to; at++) {
    lines += `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"${token}","progress":${at}}}\n`
  }
  return lines
}

let rest = ""
stdin.setEncoding("utf8").on("data", (chunk: string) => {
  const lines = (rest + chunk).split("\n")
  rest = lines.pop() ?? ""
  let out = ""
  for (const line of lines) {
    const { id, method, params } = JSON.parse(line)
    if (id === undefined) continue
    const token = params?._meta?.progressToken
    if (token !== undefined) out += progress(token, params.arguments.to)
    out += `{"jsonrpc":"2.0","id":${id},"result":${resultOf(method, params)}}\n`
  }
  if (out !== "") stdout.write(out)
})
