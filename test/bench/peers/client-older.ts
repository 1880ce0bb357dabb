/** The client of the official SDK 1.32. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js"
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js"
import { call, checked, make, server, target } from "./calls.ts"

const client = new Client({ name: "bench", version: "1.0.0" })
const transport =
  target === "stdio"
    ? new StdioClientTransport({ command: process.execPath, args: server })
    : new StreamableHTTPClientTransport(new URL(target))
// Its own types disagree about what is optional.
await client.connect(transport as Parameters<Client["connect"]>[0])
make(async () => checked((await client.callTool(call)).content))
