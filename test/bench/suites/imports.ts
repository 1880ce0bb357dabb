/** What it costs to load the modules of a program, before it does anything: CPU of a process that imports and ends. */
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { path } from "../Peer.ts"
import { inTurns, medians, type Suite } from "../Suite.ts"

const run = promisify(execFile)

const load =
  (...modules: ReadonlyArray<string>) =>
  async () => {
    const imports = modules.map((module) => `import ${JSON.stringify(module)};`).join("")
    const tell = "const { system, user } = process.cpuUsage(); console.log((system + user) / 1000)"
    const options = ["--input-type=module", "--eval", imports + tell]
    const { stdout } = await run(process.execPath, options, { cwd: path("") })
    return Number(stdout)
  }

export const imports: Suite = {
  title: "cold import (raw: Node alone)",
  run: async function* ({ quick }) {
    const rounds = quick ? 3 : 10
    const compare = async (what: string, programs: Parameters<typeof inTurns<number>>[1]) => ({
      what,
      unit: "ms",
      figures: medians(await inTurns(rounds, programs), (millis) => millis)
    })
    yield await compare("a server on stdio", {
      raw: load(),
      official: load("@modelcontextprotocol/server", "@modelcontextprotocol/server/stdio", "zod"),
      ours: load("mcp-effect/Server", "mcp-effect/Tool", "mcp-effect/StdioServer")
    })
    yield await compare("a client on stdio", {
      raw: load(),
      official: load("@modelcontextprotocol/client", "@modelcontextprotocol/client/stdio"),
      ours: load("mcp-effect/Client", "mcp-effect/StdioClient")
    })
    yield await compare("the contract of a tool", { ours: load("mcp-effect/Tool") })
    yield await compare("of each: Effect, Layer, Schema", {
      ours: load("effect/Effect", "effect/Layer", "effect/Schema")
    })
  }
}
