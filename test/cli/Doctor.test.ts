/** Each fault is planted, and has to be called by its name. */
import { assert, describe, it } from "@effect/vitest"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Server from "mcp-effect/Server"
import { fixture, mcp } from "./binary.ts"

interface Finding {
  readonly name: string
  readonly severity: string
  readonly message: string
  readonly remedy?: string
}

const diagnose = async (...args: ReadonlyArray<string>) => {
  const at = args.indexOf("--")
  const before = at === -1 ? args : args.slice(0, at)
  const { code, stderr, stdout } = await mcp([
    "doctor",
    ...before,
    "--json",
    ...(at === -1 ? [] : args.slice(at))
  ])
  assert.strictEqual(stderr, "")
  const { findings } = JSON.parse(stdout) as { readonly findings: ReadonlyArray<Finding> }
  return { code, findings, find: (name: string) => findings.find((finding) => finding.name === name) }
}

const process_ = (fault: string) => ["--", process.execPath, fixture("faulty.mjs"), fault]

describe("mcp doctor, of a command", () => {
  const finds = (name: string, args: ReadonlyArray<string>, message: RegExp, code: number) =>
    it(`${name}: ${message.source}`, async () => {
      const found = await diagnose(...args)
      const finding = found.find(name)
      assert.match(finding?.message ?? JSON.stringify(found.findings), message)
      if (finding?.severity !== "fine") assert.isNotEmpty(finding?.remedy)
      assert.strictEqual(found.code, code)
    })

  finds("cannot-start", ["--", "no-such-command"], /Cannot start no-such-command/, 2)
  finds("exits", process_("dying"), /exit code 3:\nDATABASE_URL is not set/, 2)
  finds("noise-on-stdout", process_("noise"), /One line on its stdout is no message/, 0)
  finds("slow-start", [fixture("calculator.ts"), "--slow", "0"], /answers after/, 0)
  finds("version", process_("version"), /1999-01-01/, 2)
  finds("old-era", process_("fine"), /faulty 1\.0\.0 speaks 2025-06-18, with sessions/, 0)
  finds("missing-capability", process_("undeclared"), /has tools and does not declare/, 0)
  finds("broken-list", process_("broken"), /declares prompts and does not list them/, 3)
  finds("no-description", process_("fine"), /without a description: mute/, 0)

  it("a server without faults has none", async () => {
    const { code, findings } = await diagnose(fixture("calculator.ts"))
    assert.strictEqual(code, 0)
    assert.deepStrictEqual(
      findings.map(({ severity }) => severity),
      findings.map(() => "fine")
    )
  })

  it("says it in words: a mark, a name, and what to do", async () => {
    const { code, stdout } = await mcp(["doctor", ...process_("dying")])
    assert.strictEqual(code, 2)
    assert.match(stdout, /^✗ exits: It ends with exit code 3:\n {4}DATABASE_URL is not set\n {2}→ /)
  })
})

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Something that answers HTTP, for the length of one test. */
const answering = async (handle: Handler) => {
  const server = createServer(handle).listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    }
  }
}

describe("mcp doctor, of a URL", () => {
  const finds = (name: string, handle: Handler, message: RegExp, path = "/mcp") =>
    it(`${name}: ${message.source}`, async () => {
      await using there = await answering(handle)
      const found = await diagnose(`${there.url}${path}`)
      assert.match(found.find(name)?.message ?? JSON.stringify(found.findings), message)
      assert.isNotEmpty(found.find(name)?.remedy)
      assert.strictEqual(found.code, 2)
    })

  finds(
    "redirect",
    (_, response) => response.writeHead(308, { location: "/api/mcp" }).end(),
    /sends elsewhere: \/api\/mcp/
  )
  finds("unauthorized", (_, response) => response.writeHead(401).end(), /who you are/)
  finds(
    "web-page",
    (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<title>Sign in</title>"),
    /A web page answers \(200, "Sign in"\)/
  )
  finds(
    "wrong-content-type",
    (_, response) => response.writeHead(200, { "content-type": "text/plain" }).end("OK"),
    /answers 200 with text\/plain/
  )
  finds(
    "server-error",
    (_, response) => response.writeHead(502).end("bad gateway"),
    /answers 502: bad gateway/
  )
  finds("forbidden", (_, response) => response.writeHead(403).end("not you"), /answers 403: not you/)
  finds("wrong-path", (_, response) => response.writeHead(404).end(), /nothing at \/elsewhere/, "/elsewhere")

  it("unreachable: nothing listens", async () => {
    const { url } = await (async () => {
      await using there = await answering(() => {})
      return there
    })()
    const found = await diagnose(url)
    assert.match(found.find("unreachable")?.message ?? "", /nothing listens there/)
    assert.strictEqual(found.code, 2)
  })

  const server = Server.make({ name: "there", version: "1.0.0" })
  const listening = (options: NodeServer.Options) => NodeServer.listen(server, { ...options, port: 0 })

  it.live("host-refused, origin-refused, wrong-path: by a server of ours", () =>
    Effect.gen(function* () {
      const elsewhere = yield* listening({ hosts: ["mcp.example.com"] })
      const host = yield* Effect.promise(() => diagnose(elsewhere.url))
      assert.match(host.find("host-refused")?.remedy ?? JSON.stringify(host.findings), /--hosts/)

      const { url } = yield* listening({})
      const origin = yield* Effect.promise(() => diagnose(url, "-H", "Origin: https://evil.example"))
      assert.match(origin.find("origin-refused")?.remedy ?? JSON.stringify(origin.findings), /MCP_ORIGINS/)

      const path = yield* Effect.promise(() => diagnose(url.replace("/mcp", "/api")))
      assert.strictEqual(path.find("wrong-path")?.remedy, `There is at ${url}`)

      const good = yield* Effect.promise(() => diagnose(url))
      assert.strictEqual(good.code, 0)
      assert.match(good.find("era")?.message ?? "", /there 1\.0\.0 speaks/)
    }).pipe(Effect.scoped)
  )
})
