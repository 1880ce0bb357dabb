/** How other people's clients start our quickstart server. */
import { fileURLToPath } from "node:url"

export const quickstart = {
  command: process.execPath,
  args: [
    "--conditions=mcp-effect-source",
    fileURLToPath(new URL("../../examples/quickstart/server.ts", import.meta.url))
  ],
  stderr: "ignore" as const
}
