/**
 * What importing a public module loads besides it, and what it must not: a program pays at its start for each module,
 * and a server that can run anywhere must not need Node.
 */
import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const root = fileURLToPath(new URL("..", import.meta.url))

const hook = `
  import { registerHooks } from "node:module"
  registerHooks({
    load: (url, context, next) => {
      console.log(url)
      return next(url, context)
    }
  })`

/** What a process loads to import a public module: our files as `server/Tool`, others as `effect/Stream`, `node:fs`. */
const loaded = async (entry: string): Promise<ReadonlyArray<string>> => {
  const options = [
    "--conditions=mcp-effect-source",
    `--import=data:text/javascript,${encodeURIComponent(hook)}`
  ]
  const script = ["--input-type=module", "--eval", `import "mcp-effect/${entry}"`]
  const { stdout } = await promisify(execFile)(process.execPath, [...options, ...script], { cwd: root })
  return stdout
    .trim()
    .split("\n")
    .map((url) =>
      url
        .replace(/^file:.*\/node_modules\//, "")
        .replace(/^file:.*\/src\//, "")
        .replace(/\/dist\//, "/")
        .replace(/\.[jt]s$/, "")
    )
}

/** For nobody: barrels, and what is loaded only when it is needed. */
const never = /^effect\/index$|^@effect\/platform-node\/index$|^@cfworker\//
const node = /^node:/
const client = /^client\//
const server = /^server\//
const auth = /^(?:auth|cli|extension)\//
const http = /^node:https?$|^http\/(?:Exchange|Origin)|^transport\/(?:streamable\/|Streamable|Node|\w+Face)/
const stdio = /^node:child_process$|^transport\/Stdio/
/** The schemas of all that can be said: checked by a client, as it reads the answers of strangers. */
const everyMethod = /^protocol\/(?:Methods|Sampling|Completion|Stateful)$/

const forbidden: { readonly [entry: string]: ReadonlyArray<RegExp> } = {
  Contract: [
    node,
    client,
    server,
    auth,
    http,
    stdio,
    /^transport\//,
    /^protocol\/revision\//,
    /^effect\/Stream$/
  ],
  Tool: [node, client, auth, http, stdio, /^transport\//, everyMethod, /^effect\/Stream$/],
  Server: [node, client, auth, http, stdio, /^transport\/(?!Limits)/, everyMethod],
  StdioServer: [client, auth, http, everyMethod, /^transport\/(?:Duplex|Loopback|StdioClient|StdioProcess)/],
  NodeServer: [
    client,
    auth,
    stdio,
    everyMethod,
    /^transport\/(?:Duplex|Loopback|FetchFace|RouterFace|Streamable)/
  ],
  Client: [node, server, auth, http, stdio, /^transport\/(?!Limits)/],
  StdioClient: [server, auth, http, everyMethod, /^transport\/(?:Loopback|Serve|StdioGuard|StdioServe)/],
  Loopback: [node, auth, http, stdio, everyMethod]
}

describe("importing one module", () => {
  for (const [entry, patterns] of Object.entries(forbidden)) {
    it(`of mcp-effect/${entry} loads nothing it does not need`, async () => {
      const modules = await loaded(entry)
      assert.include(modules.join(), entry)
      assert.deepStrictEqual(
        modules.filter((module) => [never, ...patterns].some((pattern) => pattern.test(module))),
        []
      )
    })
  }

  // Node parses the nearest package.json for each module it loads, and the one of the package has a long export map.
  it("reads a small package.json beside the modules", () => {
    assert.deepStrictEqual(JSON.parse(readFileSync(`${root}/src/package.json`, "utf8")), {
      type: "module",
      sideEffects: false,
      // What a page never loads must not be in its bundle either.
      browser: { "./transport/NodeStreamableClient.js": false, "./transport/StdioClient.js": false }
    })
  })
})
