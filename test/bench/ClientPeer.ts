/** A client under test: a child process that makes calls when told to, and says what they cost it. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface, type Interface } from "node:readline"
import { path } from "./Peer.ts"

export class ClientPeer {
  private readonly child
  private readonly lines: Interface

  constructor(program: string, ...args: ReadonlyArray<string>) {
    this.child = spawn(process.execPath, [path(program), ...args], { stdio: ["pipe", "pipe", "inherit"] })
    this.lines = createInterface({ input: this.child.stdout })
    this.child.on("exit", (code, signal) => {
      if (signal === null) throw new Error(`${program} ended by itself: ${code}`)
    })
  }

  /** Calls one after another, and gives the microseconds of CPU each took the client. */
  async calls(count: number): Promise<number> {
    this.child.stdin.write(`${count}\n`)
    const [micros] = await once(this.lines, "line")
    return Number(micros)
  }

  async stop(): Promise<void> {
    this.child.kill()
    await once(this.child, "close")
  }
}
