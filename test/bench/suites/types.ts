/** What two hundred tools cost the type checker, in instantiations: a program of each, as people write it. */
import { execFile } from "node:child_process"
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { path } from "../Peer.ts"
import type { Suite } from "../Suite.ts"

const run = promisify(execFile)

const many = (count: number, tool: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => tool(index)).join("\n")

const ours = (count: number) => `
import * as Schema from "effect/Schema"
import * as Server from "mcp-effect/Server"
import * as StdioServer from "mcp-effect/StdioServer"
import * as Tool from "mcp-effect/Tool"
${many(
  count,
  (index) => `
const Tool${index} = Tool.make("tool_${index}", {
  description: "Does thing number ${index}",
  input: { path: Schema.String, limit: Schema.optionalKey(Schema.Int), kind${index}: Schema.Literals(["a", "b"]) },
  output: Schema.String
})`
)}
const server = Server.make(
  { name: "many", version: "1.0.0" },
  ${many(count, (index) => `Tool.handle(Tool${index}, ({ path, kind${index} }) => path + kind${index}),`)}
)
StdioServer.launch(server)
`

const official = (count: number) => `
import { McpServer } from "@modelcontextprotocol/server"
import { serveStdio } from "@modelcontextprotocol/server/stdio"
import * as z from "zod"
serveStdio(() => {
  const server = new McpServer({ name: "many", version: "1.0.0" })
  ${many(
    count,
    (index) => `
  server.registerTool("tool_${index}", {
    description: "Does thing number ${index}",
    inputSchema: z.object({ path: z.string(), limit: z.int().optional(), kind${index}: z.enum(["a", "b"]) })
  }, ({ path, kind${index} }) => ({ content: [{ type: "text", text: path + kind${index} }] }))`
  )}
  return server
})
`

const compilerOptions = {
  target: "esnext",
  module: "nodenext",
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
  types: ["node"]
}

const dependencies = ["effect", "zod", "@modelcontextprotocol", "@effect", "@types"]

/** Checks a program in a folder of its own, which finds what it imports as an installed project would. */
const instantiations = async (program: string): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), "mcp-effect-bench-"))
  try {
    await mkdir(join(folder, "node_modules"))
    await symlink(path(""), join(folder, "node_modules/mcp-effect"))
    for (const name of dependencies) {
      await symlink(path(`node_modules/${name}`), join(folder, "node_modules", name))
    }
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }))
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }))
    await writeFile(join(folder, "program.ts"), program)
    const { stdout } = await run(path("node_modules/.bin/tsc"), ["--extendedDiagnostics", "-p", folder])
    return Number(/Instantiations:\s*(\d+)/.exec(stdout)?.[1])
  } finally {
    await rm(folder, { recursive: true })
  }
}

export const types: Suite = {
  title: "the type checker, in thousands of instantiations",
  run: async function* () {
    for (const count of [200, 1]) {
      const figures = {
        official: (await instantiations(official(count))) / 1000,
        ours: (await instantiations(ours(count))) / 1000
      }
      yield {
        what: `tools in one server: ${count}`,
        unit: "k",
        figures,
        goals: [{ times: 1, of: "official" }]
      }
    }
  }
}
