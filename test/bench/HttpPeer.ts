/** A server under test on HTTP: a child process that prints where it listens, and whose CPU time can be asked for. */
import { type ChildProcess, spawn } from "node:child_process"
import { Agent, request } from "node:http"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"
import { path } from "./Peer.ts"

const connections = 16
const both = { "content-type": "application/json", accept: "application/json, text/event-stream" }

export class HttpPeer {
  private readonly child: ChildProcess
  private readonly agent = new Agent({ keepAlive: true, maxSockets: connections })
  readonly listening: Promise<URL>
  private told: ((about: string) => void) | undefined
  private lastId = 0

  constructor(program: string, args: ReadonlyArray<string> = [], options: ReadonlyArray<string> = []) {
    const probe = [...options, "--require", path("test/bench/peers/probe.cjs")]
    this.child = spawn(process.execPath, [...probe, path(program), ...args], {
      stdio: ["ignore", "pipe", "inherit", "pipe"]
    })
    const [, output, , about] = this.child.stdio
    createInterface({ input: about as Readable }).on("line", (line) => this.told?.(line))
    this.listening = new Promise((resolve) => {
      createInterface({ input: output as Readable }).on("line", (line) => {
        const url = /http:\S+/.exec(line)?.[0]
        if (url !== undefined) resolve(new URL(url))
      })
    })
  }

  /** CPU time of the whole process so far, in microseconds. */
  async cpu(): Promise<number> {
    return Number((await this.look())[0])
  }

  /** What is on the heap, in bytes; without garbage, where it can be collected on request. */
  async heap(): Promise<number> {
    return Number((await this.look())[1])
  }

  private look(): Promise<ReadonlyArray<string>> {
    return new Promise((resolve) => {
      this.told = (about) => resolve(about.split(" "))
      this.child.kill("SIGUSR2")
    })
  }

  /** Sends one message, and reads its answer to the end. Refusals end the run: their figures would mean nothing. */
  async send(
    message: object,
    headers: { readonly [name: string]: string } = {},
    method = "POST"
  ): Promise<{ readonly text: string; readonly session: string | undefined }> {
    const url = await this.listening
    const body = method === "POST" ? JSON.stringify({ jsonrpc: "2.0", ...message }) : ""
    return new Promise((resolve, reject) => {
      const length = Buffer.byteLength(body)
      const sent = request(
        url,
        { method, agent: this.agent, headers: { ...both, ...headers, "content-length": length } },
        (response) => {
          const chunks: Array<Buffer> = []
          response.on("data", (chunk: Buffer) => void chunks.push(chunk))
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString()
            if (response.statusCode! >= 300) reject(new Error(`${response.statusCode}: ${text}`))
            const session = response.headers["mcp-session-id"] as string | undefined
            resolve({ text, session })
          })
        }
      )
      // A server may close an idle connection in the moment it is used again: then the message was not read.
      sent.on("error", (error) =>
        sent.reusedSocket ? resolve(this.send(message, headers, method)) : reject(error)
      )
      sent.end(body)
    })
  }

  /** A request of 2026-07-28. */
  async ask(method: string, params: { readonly [key: string]: unknown } = {}): Promise<string> {
    const { _meta = {}, name } = params as { readonly _meta?: object; readonly name?: string }
    const meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1.0.0" },
      "io.modelcontextprotocol/clientCapabilities": {},
      ..._meta
    }
    const { text } = await this.send(
      { id: ++this.lastId, method, params: { ...params, _meta: meta } },
      {
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": method,
        ...(name !== undefined && { "mcp-name": name })
      }
    )
    if (!text.includes('"result"')) throw new Error(`Refused: ${text.slice(0, 500)}`)
    return text
  }

  /** Begins a session of 2025-11-25, and gives what its requests carry. */
  async open() {
    const clientInfo = { name: "bench", version: "1.0.0" }
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo }
    const { session } = await this.send({ id: 0, method: "initialize", params })
    const headers = { "mcp-session-id": session ?? "none", "mcp-protocol-version": "2025-11-25" }
    await this.send({ method: "notifications/initialized" }, headers)
    return headers
  }

  /** Does something many times, as many at a time as there are connections. */
  async flood(count: number, once: () => Promise<unknown>): Promise<void> {
    let left = count
    const work = async () => {
      while (left-- > 0) await once()
    }
    await Promise.all(Array.from({ length: connections }, work))
  }

  stop(): Promise<void> {
    this.agent.destroy()
    return new Promise((resolve) => {
      this.child.once("close", () => resolve())
      this.child.kill("SIGKILL")
    })
  }
}
