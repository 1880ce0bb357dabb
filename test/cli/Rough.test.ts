/** The terminal client in rough places: pipes that end early or are read late, servers that do half of what they say. */
import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, openSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { command, complaint, fixture, mcp, temporary } from "./binary.ts"

const rough = (way: string) => ["--", process.execPath, fixture("rough.mjs"), way]
const [node, ...flags] = command

const call = async (...args: ReadonlyArray<string>) => {
  const { code, stderr, stdout } = await mcp(["call", "echo", ...args, ...rough("plain")])
  assert.strictEqual(code, 0, stderr)
  return stdout.trim()
}

describe("stdout", () => {
  it("is written to its end, however late it is read", async () => {
    // A reader that has something else to do first. A program that does not wait for it has ended by then.
    const busy = `for (const end = Date.now() + 1000; Date.now() < end; );
      let length = 0
      process.stdin.on("data", (chunk) => (length += chunk.length)).on("end", () => console.log(length))`
    const reader = spawn(node, ["-e", busy], { stdio: ["pipe", "pipe", "inherit"] })
    spawn(node, [...flags, "call", "echo", ...rough("wordy")], {
      stdio: ["ignore", reader.stdin, "inherit"]
    })
    reader.stdin.destroy()
    assert.isAbove(Number(await text(reader.stdout)), 1_000_000)
  })

  it("may be closed early: that is success, and no server is left behind", async () => {
    const child = spawn(node, [...flags, "call", "echo", ...rough("stubborn")], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    const [first] = (await once(child.stdout, "data")) as [Buffer]
    child.stdout.destroy()
    assert.deepStrictEqual(await once(child, "exit"), [0, null])
    assert.throws(() => process.kill(Number.parseInt(first.toString(), 10), 0), /ESRCH/)
  })

  it.skipIf(!existsSync("/dev/full"))("that takes nothing is a failure, and not a silent one", async () => {
    const full = openSync("/dev/full", "w")
    const child = spawn(node, [...flags, "call", "echo", ...rough("plain")], {
      stdio: ["ignore", full, "pipe"]
    })
    const [said, [code]] = await Promise.all([text(child.stderr!), once(child, "exit")])
    assert.strictEqual(code, 1, said)
    assert.match(said, /^error: Cannot write to stdout: .*ENOSPC/)
  })

  it("matters more than stderr, which may be closed as well", async () => {
    const child = spawn(node, [...flags, "call", "echo", ...rough("mute")], {
      stdio: ["ignore", "pipe", "pipe"]
    })
    child.stderr.destroy()
    const [said, [code]] = await Promise.all([text(child.stdout), once(child, "exit")])
    assert.deepStrictEqual([said, code], ["{}\n", 0])
  })
})

describe("servers that do half of what they declare", () => {
  it("are of use though they refuse a log level nobody asked for", async () => {
    const { code, stderr, stdout } = await mcp(["call", "echo", ...rough("deaf")])
    assert.deepStrictEqual([code, stdout, stderr], [0, "{}\n", ""])
  })

  it("are listed without what they know nothing of; who wants just that is told", async () => {
    const { code, stderr, stdout } = await mcp(["list", ...rough("plain")])
    assert.strictEqual(code, 0, stderr)
    assert.match(stdout, /^Tools\n[^]*\n\nResources\n {2}note:\/\/today {2}today\n$/)
    const { templates, tools } = JSON.parse((await mcp(["list", "--json", ...rough("plain")])).stdout)
    assert.deepStrictEqual([templates, tools.length], [[], 1])
    assert.match(
      complaint(await mcp(["list", "templates", ...rough("plain")])),
      /^3: error: .*resources\/templates\/list/
    )
  })

  it("may log nothing at all", async () => {
    const { code, stderr } = await mcp(["call", "echo", ...rough("mute")])
    assert.deepStrictEqual([code, stderr], [0, "info \n"])
  })
})

describe("arguments", () => {
  it("stay text where the schema has text among other things", async () => {
    assert.strictEqual(await call("-a", "id=123", "-a", "code=true"), '{"id":"123","code":"true"}')
    assert.strictEqual(await call("-a", "digit=1", "-a", "colour=7"), '{"digit":"1","colour":"7"}')
    assert.strictEqual(await call("-a", "limit=5", "-a", "id=null"), '{"limit":5,"id":null}')
    assert.strictEqual(await call("-a", "any=[1]", "--arg=any=a==b"), '{"any":"a==b"}')
  })

  it("that JSON cannot carry are refused, and not sent as something else", async () => {
    const refused = async (word: string) =>
      complaint(await mcp(["call", "echo", "-a", word, ...rough("plain")]))
    assert.match(await refused("count=9007199254740993"), /^1: error: count .*9007199254740993/)
    assert.match(await refused("any=9007199254740993"), /^1: error: any .*9007199254740993/)
    assert.match(await refused("share=Infinity"), /^1: error: share has to be a number/)
    assert.match(await refused("share=1e999"), /^1: error: share has to be a number/)
  })
})

describe("--timeout", () => {
  it("that nothing can keep is a mistake of whoever gives it, and none of the server", async () => {
    for (const seconds of ["0", "-1"])
      assert.match(
        complaint(await mcp(["list", fixture("calculator.ts"), "--timeout", seconds])),
        /^1: error: --timeout has to be more than 0 seconds/
      )
  })
})

describe("names of servers", () => {
  it("may look like files: who means one gets it, who means a file is told about the file", async () => {
    using home = temporary()
    mkdirSync(join(home.path, ".cursor"))
    const [, program, ...args] = rough("plain")
    const names = ["io.github.ada/rough", "rough.js", String.raw`team\rough`]
    const mcpServers = Object.fromEntries(names.map((name) => [name, { command: program, args }]))
    writeFileSync(join(home.path, ".cursor/mcp.json"), JSON.stringify({ mcpServers }))
    for (const name of [...names, "cursor:io.github.ada/rough"]) {
      const { code, stderr, stdout } = await mcp(["call", "echo", name], { home: home.path })
      assert.deepStrictEqual([code, stdout], [0, "{}\n"], stderr)
    }
    assert.match(
      complaint(await mcp(["list", "rough.mjs"], { home: home.path })),
      /^1: error: File not found: .*rough\.mjs/
    )
  })
})

describe("secrets", () => {
  for (const status of [401, 403, 404, 500]) {
    it(`a URL that an application keeps is not shown, its name is, at HTTP ${status}`, async () => {
      using home = temporary()
      const http = createServer((_, response) => response.writeHead(status).end("no")).listen(0, "127.0.0.1")
      await once(http, "listening")
      const { port } = http.address() as AddressInfo
      const mcpServers = { mine: { url: `http://127.0.0.1:${port}/mcp?key=hush` } }
      mkdirSync(join(home.path, ".cursor"))
      writeFileSync(join(home.path, ".cursor/mcp.json"), JSON.stringify({ mcpServers }))
      for (const args of [
        ["list"],
        ["doctor"],
        ["auth", "status"],
        ["list", "--json"],
        ["doctor", "--json"]
      ]) {
        const { stderr, stdout } = await mcp([...args, "mine"], { home: home.path })
        assert.notInclude(stdout + stderr, "hush", args.join(" "))
      }
      http.close()
    })
  }
})

describe("mcp run --json", () => {
  it("is about what the server answers: a mistake is told in words, and not on stdout", async () => {
    assert.match(
      complaint(await mcp(["run", "nowhere.ts", "-t", "http", "--json"])),
      /^1: error: File not found/
    )
  })
})
