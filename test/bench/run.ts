/**
 * `npm run bench`: what things cost, ours beside the official SDK 2.4 and beside what no server can beat. The figures
 * are this machine's and this minute's; the ratios are what to look at.
 *
 * `npm run bench -- --quick` is a short run, `npm run bench -- cold` one suite.
 */
import { parseArgs } from "node:util"
import * as report from "./report.ts"
import type { Suite } from "./Suite.ts"
import { authTiming } from "./suites/authTiming.ts"
import { client } from "./suites/client.ts"
import { cold } from "./suites/cold.ts"
import { http } from "./suites/http.ts"
import { imports } from "./suites/imports.ts"
import { loopback } from "./suites/loopback.ts"
import { stdio } from "./suites/stdio.ts"
import { types } from "./suites/types.ts"

const suites: { readonly [name: string]: Suite } = {
  cold,
  imports,
  stdio,
  loopback,
  http,
  client,
  types,
  "auth-timing": authTiming
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false } }
})
const unknown = positionals.filter((name) => !Object.hasOwn(suites, name))
if (unknown.length > 0) {
  throw new Error(`No suite is called ${unknown.join(", ")}: there are ${Object.keys(suites).join(", ")}`)
}

console.log(`${report.legend}\n${report.head}`)
for (const [name, { run, title }] of Object.entries(suites)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  console.log(report.title(title))
  for await (const row of run(values)) console.log(report.row(row))
}
