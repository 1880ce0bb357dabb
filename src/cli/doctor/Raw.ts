/** Requests as a client of today writes them, for what a client would rather not ask. */
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as Revisions from "../../protocol/Revisions.ts"

export const request = (id: string, method: string): JsonRpc.Request =>
  JsonRpc.request(id, method, {
    _meta: {
      "io.modelcontextprotocol/protocolVersion": Revisions.newest.version,
      "io.modelcontextprotocol/clientInfo": { name: "mcp doctor", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": {}
    }
  })
