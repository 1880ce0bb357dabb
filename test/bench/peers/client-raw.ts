/** The least that a client does: a request with the headers of the revision, and the answer parsed. */
import { Agent, request } from "node:http"
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { call, checked, make, server, target } from "./calls.ts"

let id = 0
const message = () => JSON.stringify({ jsonrpc: "2.0", id: ++id, method: "tools/call", params: call })
const contentOf = (text: string): unknown => JSON.parse(text).result.content

const overStdio = () => {
  const child = spawn(process.execPath, server, { stdio: ["pipe", "pipe", "inherit"] })
  const waiting: Array<(line: string) => void> = []
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.(line))
  return async () => {
    child.stdin.write(`${message()}\n`)
    checked(contentOf(await new Promise<string>((resolve) => waiting.push(resolve))))
  }
}

const overHttp = () => {
  const agent = new Agent({ keepAlive: true })
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" }
  const post = (body: string) =>
    new Promise<string>((resolve, reject) => {
      const length = Buffer.byteLength(body)
      request(
        target,
        { method: "POST", agent, headers: { ...headers, "content-length": length } },
        (response) => {
          let text = ""
          response.setEncoding("utf8")
          response.on("data", (chunk: string) => (text += chunk))
          response.on("end", () => resolve(text))
        }
      )
        .on("error", reject)
        .end(body)
    })
  return async () => checked(contentOf(await post(message())))
}

make(target === "stdio" ? overStdio() : overHttp())
