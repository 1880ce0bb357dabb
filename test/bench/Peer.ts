/** A server under test: a child process, JSON lines in and out, whose CPU time can be asked for. */
import { type ChildProcess, spawn } from "node:child_process"
import { resolve } from "node:path"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"
import { fileURLToPath } from "node:url"

/** The path of a file named from the root of the project. */
export const path = (file: string) => resolve(fileURLToPath(new URL("../..", import.meta.url)), file)

interface Answer {
  readonly id?: number
  readonly result?: { readonly isError?: boolean }
}

const probe = ["--require", path("test/bench/peers/probe.cjs")]

export class Peer {
  private readonly child: ChildProcess
  private readonly waiting = new Map<number, () => void>()
  private told: ((about: string) => void) | undefined
  private lastId = 0
  private unsent = ""

  constructor(program: string, ...args: ReadonlyArray<string>) {
    this.child = spawn(process.execPath, [...probe, path(program), ...args], {
      stdio: ["pipe", "pipe", "inherit", "pipe"]
    })
    this.child.on("exit", (code, signal) => {
      if (signal !== "SIGKILL") throw new Error(`${program} ended by itself: ${code ?? signal}`)
    })
    const [, output, , times] = this.child.stdio
    createInterface({ input: output as Readable }).on("line", (line) => this.hear(line))
    createInterface({ input: times as Readable }).on("line", (about) => this.told?.(about))
  }

  /** CPU time of the whole process so far, in microseconds. */
  cpu(): Promise<number> {
    return new Promise((resolve) => {
      this.told = (about) => resolve(Number.parseInt(about))
      this.child.kill("SIGUSR2")
    })
  }

  ask(method: string, params: object = {}): Promise<void> {
    return new Promise((resolve) => this.send(method, params, resolve))
  }

  /** Makes many requests, some of them in flight at any time, and resolves when all are answered. */
  flood(method: string, params: object, count: number, inFlight: number): Promise<void> {
    return new Promise((resolve) => {
      let sent = 0
      let answered = 0
      const next = () => {
        sent++
        this.send(method, params, () => {
          if (++answered === count) resolve()
          else if (sent < count) next()
        })
      }
      for (let first = 0; first < Math.min(count, inFlight); first++) next()
    })
  }

  /** The handshake of 2025-11-25, which every server under test knows. */
  async greet(): Promise<void> {
    const clientInfo = { name: "bench", version: "1.0.0" }
    await this.ask("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo })
    this.write({ method: "notifications/initialized" })
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.child.once("close", () => resolve())
      this.child.kill("SIGKILL")
    })
  }

  private send(method: string, params: object, answered: () => void): void {
    const id = ++this.lastId
    this.waiting.set(id, answered)
    this.write({ id, method, params })
  }

  /** What is sent in one turn leaves in one write, as a busy client would have it. */
  private write(message: object): void {
    if (this.unsent === "") {
      queueMicrotask(() => {
        const [input] = this.child.stdio
        ;(input as Writable).write(this.unsent)
        this.unsent = ""
      })
    }
    this.unsent += `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`
  }

  private hear(line: string): void {
    const { id, result }: Answer = JSON.parse(line)
    if (id === undefined) return
    // Figures of a server that refuses what it is asked would look good and mean nothing.
    if (result === undefined || result.isError === true) throw new Error(`Refused: ${line}`)
    const answered = this.waiting.get(id)
    this.waiting.delete(id)
    answered?.()
  }
}
