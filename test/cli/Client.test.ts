/** The terminal client, against servers that are files, commands, and names of applications. */
import { assert, describe, it } from "@effect/vitest"
import { once } from "node:events"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { command, complaint, fixture, mcp, root, temporary } from "./binary.ts"

const everything = fixture("everything.ts")
const calculator = fixture("calculator.ts")

/** What a command says that succeeds. */
const says = async (args: ReadonlyArray<string>, around: Parameters<typeof mcp>[1] = {}) => {
  const { code, stderr, stdout } = await mcp(args, around)
  assert.strictEqual(code, 0, stderr)
  return { stdout, stderr }
}
const json = async (args: ReadonlyArray<string>) => JSON.parse((await says([...args, "--json"])).stdout)

describe("targets", () => {
  it("S195: a command behind --, whose flags are its own", async () => {
    const [node, ...flags] = command
    const { stdout } = await says(["list", "--", node, ...flags, "run", calculator])
    assert.strictEqual(stdout, "Tools\n  add  Add two numbers\n       a: number, b: number\n")
  })

  it("S195: a file, as a host would start it", async () => {
    const { server, target } = await json(["inspect", calculator])
    assert.deepStrictEqual(server, { name: "calculator", version: "1.2.3" })
    assert.strictEqual(target, calculator)
  })

  it("S195: a name that an application knows, with its env", async () => {
    using home = temporary()
    using elsewhere = temporary()
    mkdirSync(join(home.path, ".cursor"))
    const [node, ...flags] = command
    const demo = {
      command: node,
      args: [...flags, "run", fixture("environment.ts")],
      env: { GREETING: "Salut" }
    }
    writeFileSync(join(home.path, ".cursor/mcp.json"), JSON.stringify({ mcpServers: { demo } }))
    const around = { home: home.path, cwd: elsewhere.path }
    assert.strictEqual((await says(["call", "greet", "demo"], around)).stdout, "Salut\n")
    assert.strictEqual(
      (await says(["call", "greet", "cursor:demo", "-e", "GREETING=Hi"], around)).stdout,
      "Hi\n"
    )
    assert.match(
      complaint(await mcp(["list", "dem"], around)),
      /^1: error: dem is neither .*\nhint: Did you mean demo\?/
    )
    const other = { mcpServers: { demo: { command: "other" } } }
    writeFileSync(join(elsewhere.path, ".mcp.json"), JSON.stringify(other))
    assert.match(
      complaint(await mcp(["list", "demo"], around)),
      /^1: error: demo means different servers\nhint: .*claude-code:demo.*cursor:demo|cursor:demo.*claude-code:demo/
    )
  })

  it("S195: -e and --env-file reach the server, nothing else of our environment does", async () => {
    const file = fixture("environment.ts")
    assert.strictEqual((await says(["call", "greet", file, "-e", "GREETING=Hej"])).stdout, "Hej\n")
    assert.strictEqual(
      (await says(["call", "greet", file], { env: { GREETING: "Hej" } })).stdout,
      "nobody told\n"
    )
  })

  it("no target, two targets, an empty one", async () => {
    assert.match(complaint(await mcp(["list"])), /^1: error: There is no target\nhint: A target is/)
    assert.match(complaint(await mcp(["list", calculator, "--", "node"])), /^1: error: Two targets/)
    assert.match(complaint(await mcp(["list", "--"])), /^1: error: There is no command behind --/)
  })
})

describe("mcp list", () => {
  it("S195: lists one kind, or all, in words and as JSON", async () => {
    const { stdout } = await says(["list", everything])
    assert.match(stdout, /^Tools\n[\s\S]*\n\nResources\n[\s\S]*\n\nTemplates\n[\s\S]*\n\nPrompts\n/)
    const one = await says(["list", "prompts", everything])
    assert.match(one.stdout, /^ {2}plain +Nothing to fill in\n {2}review +code, language\?, issues\n/)
    const { templates, ...rest } = await json(["list", "templates", everything])
    assert.deepStrictEqual(rest, {})
    assert.deepStrictEqual(
      templates.map(({ uriTemplate }: { readonly uriTemplate: string }) => uriTemplate),
      ["users://{id}/{part}", "who://{on}/is", "ask://{topic}"]
    )
  })

  it("a server without any says so", async () => {
    assert.strictEqual((await says(["list", "prompts", calculator])).stdout, "no prompts\n")
    assert.deepStrictEqual(await json(["list", "resources", calculator]), { resources: [] })
  })

  it("lines that go into a pipe are not broken", async () => {
    const { stdout } = await says(["list", "tools", fixture("ticking.ts")])
    assert.match(stdout, /^ {2}tick {2}Does nothing(?: but tick){20}\n$/)
  })
})

describe("mcp call", () => {
  it("S195: reads arguments as the tool's schema says", async () => {
    assert.strictEqual((await says(["call", "add", calculator, "--arg", "a=2", "-a", "b=40"])).stdout, "42\n")
    assert.deepStrictEqual(
      (await json(["call", "mirror", everything, "-a", 'point={"x":1,"y":2}'])).structuredContent,
      {
        x: 2,
        y: 1
      }
    )
  })

  it("S195: takes one JSON object, before or after the target", async () => {
    const args = '{"a":2,"b":40}'
    assert.strictEqual((await says(["call", "add", args, calculator])).stdout, "42\n")
    assert.strictEqual((await says(["call", "add", calculator, args, "-a", "a=1"])).stdout, "41\n")
  })

  it("wrong usage is exit code 1", async () => {
    const fails = async (...args: ReadonlyArray<string>) => complaint(await mcp(["call", ...args]))
    assert.match(
      await fails("add", calculator, "-a", "a=x"),
      /^1: error: a has to be a number, and "x" is none/
    )
    assert.match(await fails("add", calculator, "-a", "a"), /^1: error: --arg takes NAME=VALUE/)
    assert.match(
      await fails("ad", calculator, "-a", "a=1"),
      /^1: error: There is no tool ad\nhint: Did you mean add\?/
    )
    assert.match(await fails("add", calculator, "{"), /^1: error: The arguments are no JSON/)
  })

  it("a server that cannot be reached is exit code 2, with its last words once", async () => {
    assert.match(
      complaint(await mcp(["call", "add", "--", "no-such-command"])),
      /^2: error: Cannot start no-such-command/
    )
    const dying = await mcp([
      "list",
      "--",
      process.execPath,
      "-e",
      "console.error('out of memory'); process.exit(9)"
    ])
    assert.match(complaint(dying), /^2: error: .*exited with code 9/)
    assert.lengthOf(dying.stderr.match(/out of memory/g)!.slice(1), 1, dying.stderr)
  })

  it("a file that does not serve is called what it was called, not by the command that runs it", async () => {
    using folder = temporary()
    writeFileSync(join(folder.path, "empty.mjs"), "")
    assert.match(
      complaint(await mcp(["list", "empty.mjs"], { cwd: folder.path })),
      /^2: error: The server empty\.mjs exited with code 1\. Its last words on stderr:\nerror: There is no server in/
    )
  })

  it("a URL at which there is nothing has a way on", async () => {
    const http = createServer((_, response) => response.writeHead(404).end()).listen(0, "127.0.0.1")
    await once(http, "listening")
    const { port } = http.address() as AddressInfo
    assert.strictEqual(
      complaint(await mcp(["list", `http://127.0.0.1:${port}/`])),
      "2: error: initialize: HTTP 404, and nothing else\nhint: Is the path right? mcp doctor finds out which one there is\n"
    )
    http.close()
  })

  it("what a server does not offer is said with where to look, a fault with where its cause is", async () => {
    using folder = temporary()
    assert.match(
      complaint(await mcp(["prompt", "x", calculator])),
      /^3: error: .*prompts\/get \(-32601\)\nhint: mcp inspect shows/
    )
    const file = join(folder.path, "dies.mjs")
    const text = `import * as Server from "${root}src/server/Server.ts"
      import * as Tool from "${root}src/server/Tool.ts"
      const die = Tool.handle(Tool.make("die"), () => { throw new Error("hunter2") })
      export default Server.make({ name: "dies", version: "1" }, die)`
    writeFileSync(file, text)
    const said = await mcp(["call", "die", file])
    const [, reference] = /hint: Its log has the cause, under (\w+)\n/.exec(said.stderr) ?? []
    assert.strictEqual(said.code, 3)
    assert.match(said.stderr, new RegExp(`hunter2[\\s\\S]*${reference}[\\s\\S]*error: The server refuses`))
  })

  it("a refused request is exit code 3", async () => {
    assert.match(
      complaint(await mcp(["call", "refuse", everything])),
      /^3: error: The server refuses: Refused \(1234\)/
    )
    const { code, stdout } = await mcp(["call", "refuse", everything, "--json"])
    assert.strictEqual(code, 3)
    assert.deepStrictEqual(JSON.parse(stdout).error, {
      kind: "protocol",
      message: "The server refuses: Refused (1234)",
      data: { code: 1234, message: "Refused", data: { why: "because" } },
      exitCode: 3
    })
  })

  it("a tool that fails is exit code 5; with --json its result is told all the same", async () => {
    const args = ["call", "order", everything, "-a", "sku=tea", "-a", "count=9"]
    assert.match(
      complaint(await mcp(args)),
      /^5: error: OutOfStock: tea is out of stock: 3 left\. Order fewer\./
    )
    const { code, stdout } = await mcp([...args, "--json"])
    assert.strictEqual(code, 5)
    assert.isTrue(JSON.parse(stdout).isError)
  })

  it("images and sounds are described, or saved under names that are free", async () => {
    const { stdout } = await says(["call", "kinds", everything])
    assert.include(
      stdout,
      "words\n[image/png, 70 bytes; --save DIR keeps it]\n[audio/wav, 44 bytes; --save DIR keeps it]"
    )
    assert.include(stdout, "today: note://today\ninside\n")
    using folder = temporary()
    const around = { cwd: folder.path }
    await says(["call", "kinds", everything, "--save", "out"], around)
    const again = await says(["call", "kinds", everything, "--save", "out"], around)
    assert.include(again.stdout, join(folder.path, "out", "kinds-2.png"))
    assert.strictEqual(readFileSync(join(folder.path, "out/kinds-1.png")).subarray(1, 4).toString(), "PNG")
  })

  it("log messages go to stderr, from the level that was asked for", async () => {
    const logged = await says(["call", "log", everything])
    assert.strictEqual(logged.stdout, "")
    assert.match(logged.stderr, /^info a fact\nnotice fixture: \{"structured":true\}\nerror an error$/m)
    assert.notInclude((await says(["call", "log", everything, "--logs", "off"])).stderr, "notice fixture")
    assert.include((await says(["call", "log", everything, "--logs", "debug"])).stderr, "debug a detail")
  })

  it("nothing moves where nobody sees it: no bar into a pipe", async () => {
    const { stderr } = await says(["call", "count", everything, "-a", "to=3", "--logs", "off"])
    assert.strictEqual(stderr, "")
  })

  for (const protocol of ["2026-07-28", "2025-11-25"]) {
    it(`a question is answered line by line, at ${protocol}`, async () => {
      const args = ["call", "ask", everything, "--protocol", protocol, "--logs", "off"]
      const { stderr, stdout } = await says(args, { input: "XL\nm\n" })
      assert.strictEqual(stdout, "size M\n")
      assert.strictEqual(stderr, "? Which size?\n  size (S, M, L)\n  size must be S, M, L\n")
    })
  }

  it("a question nobody answers is cancelled, a page nobody wants to open declined", async () => {
    assert.strictEqual((await says(["call", "ask_gently", everything])).stdout, "cancelled\n")
    const { code, stderr } = await mcp(["call", "ask_url", everything], { input: "n\n" })
    assert.strictEqual(code, 5)
    assert.match(stderr, /\? Please pay\n {2}https:\/\/pay\.example\/1\n/)
    assert.strictEqual((await says(["call", "ask_url", everything], { input: "y\n" })).stdout, "agreed\n")
  })

  it("a server is told about the directories of --root, and about none without", async () => {
    assert.match((await says(["call", "ask_roots", everything, "--root", "."])).stdout, /^file:\/\/\/.*\n$/)
    assert.strictEqual((await mcp(["call", "ask_roots", everything])).code, 3)
  })
})

describe("mcp read", () => {
  it("S195: prints text, and bytes as bytes if they are redirected", async () => {
    assert.strictEqual((await says(["read", "note://today", everything])).stdout, "Buy milk\n")
    assert.include((await says(["read", "data://pixel", everything])).stdout, "PNG")
    const { contents } = await json(["read", "data://pixel", everything])
    assert.strictEqual(contents[0].mimeType, "image/png")
  })

  it("a resource that is not there is exit code 3", async () => {
    assert.match(
      complaint(await mcp(["read", "note://nowhere", everything])),
      /^3: error: .*Resource not found/
    )
  })
})

describe("mcp prompt, complete, inspect", () => {
  it("prints the messages of a prompt", async () => {
    const { stdout } = await says(["prompt", "review", everything, "-a", "code=1 + 1", "-a", "issues=2"])
    assert.strictEqual(stdout, "user: Find 2 issues in any: 1 + 1\nassistant: I will.\n")
  })

  it("prints suggestions, one per line", async () => {
    assert.strictEqual((await says(["complete", "review", "language=py", everything])).stdout, "python\n")
    const template = ["complete", "users://{id}/{part}", "part=", everything, "-a", "id=1"]
    assert.strictEqual((await says(template)).stdout, "profile\nposts\n")
  })

  it("S195: says what the server is, in both eras", async () => {
    const { stdout } = await says(["inspect", everything])
    assert.match(stdout, /^ {2}server +everything 1\.0\.0\n {2}title +Everything\n/)
    assert.match(stdout, /^ {2}revision +2026-07-28, stateless; also 2025-11-25/m)
    assert.match(stdout, /^ {2}capabilities .*tools \(listChanged\)/m)
    assert.match(stdout, /^ {2}latency +[\d.]+ ms to answer, [\d.]+ ms to start and connect$/m)
    const old = await json(["inspect", everything, "--protocol", "2024-11-05"])
    assert.strictEqual(old.era, "stateful")
    assert.strictEqual(old.protocolVersion, "2024-11-05")
  })
})

describe("mcp listen", () => {
  const args = ["listen", fixture("ticking.ts"), "--resource", "clock://now", "--count", "2"]

  for (const protocol of ["2026-07-28", "2025-11-25"]) {
    it(`prints changes as they come, at ${protocol}`, async () => {
      const { stderr, stdout } = await says([...args, "--protocol", protocol])
      assert.match(stderr, /^listening for tools, clock:\/\/now$/m)
      assert.match(stdout, /^(?:(?:tools changed|clock:\/\/now updated)\n){2}$/)
    })
  }

  it("prints one object per line with --json", async () => {
    const { stdout } = await says([...args, "--json"])
    const [first] = stdout.split("\n")
    assert.match(JSON.parse(first!).method, /^notifications\//)
  })
})

describe("mcp shell", () => {
  it("does one line after the other, and goes on after a mistake", async () => {
    const input = [
      "tools",
      "call add a=1 b=41",
      'call add {"a": 1, "b": 2}',
      "cal",
      'prompt review code="1 + 1" issues=2',
      "call ask",
      "L",
      "complete review language=py",
      "quit",
      "call add a=0 b=0"
    ].join("\n")
    const { stderr, stdout } = await says(["shell", everything], { input })
    assert.match(
      stdout,
      /\n42\n3\nuser: Find 2 issues in any: 1 \+ 1\nassistant: I will\.\nsize L\npython\n$/
    )
    assert.include(stderr, "error: There is no command cal\nhint: Did you mean call?")
  })

  it("tells about changes, and prints objects with --json", async () => {
    const { stderr, stdout } = await says(["shell", everything, "--json"], {
      input: "call plug\ncall extra\n"
    })
    assert.include(stderr, "tools changed")
    assert.deepStrictEqual(JSON.parse(stdout.split("\n")[1]!).content, [{ type: "text", text: "extra" }])
  })
})
