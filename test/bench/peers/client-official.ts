/** The client of the official SDK 2.4. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio"
import { call, checked, make, server, target, version } from "./calls.ts"

const mode = version === "2026-07-28" ? { pin: version } : "legacy"
const client = new Client({ name: "bench", version: "1.0.0" }, { versionNegotiation: { mode } })
await client.connect(
  target === "stdio"
    ? new StdioClientTransport({ command: process.execPath, args: server })
    : new StreamableHTTPClientTransport(new URL(target))
)
make(async () => checked((await client.callTool(call)).content))
