/** A tool that computes for long, in a thread, so that the server goes on answering. */
import * as Server from "mcp-effect/Server"
import * as StdioServer from "mcp-effect/StdioServer"
import * as Tool from "mcp-effect/Tool"
import { inWorker } from "./inWorker.ts"
import { CountPrimes } from "./tools.ts"

const server = Server.make(
  { name: "cpu-work", version: "1.0.0" },
  Tool.handle(CountPrimes, ({ below }) => inWorker<number>(new URL("primes.ts", import.meta.url), below))
)

StdioServer.launch(server)
