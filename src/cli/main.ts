#!/usr/bin/env node
/** The binary. It answers the cheapest question by itself and loads everything else only when it is needed. */
import { readFileSync } from "node:fs"
// By its namespace: an older Node, which is to be told about below, has no such export.
import * as module from "node:module"

const { engines, version } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8")
) as { readonly version: string; readonly engines: { readonly node: string } }

const oldest = engines.node.replace(/[^\d.]/g, "")
const args = process.argv.slice(2)

if (process.versions.node.localeCompare(oldest, "en", { numeric: true }) < 0) {
  console.error(`error: mcp needs Node ${oldest} or newer, and this is ${process.versions.node}`)
  process.exitCode = 1
} else if (args.length === 1 && (args[0] === "version" || args[0] === "--version")) {
  console.log(`MCP version ${version}`)
} else {
  module.enableCompileCache()
  const [{ run }, { launch }] = await Promise.all([import("./Program.ts"), import("./Node.ts")])
  launch(run(args), version)
}
