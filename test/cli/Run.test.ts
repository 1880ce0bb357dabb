import { assert, describe, it } from "@effect/vitest"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { complaint, fixture, mcp, root, temporary } from "./binary.ts"

/** Runs a server, asks its one tool something, and ends its input. */
const greet = async (target: string, cwd = root) => {
  const request = {
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: {
      name: "greet",
      arguments: { name: "Ada" },
      _meta: {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { name: "test", version: "1.0.0" },
        "io.modelcontextprotocol/clientCapabilities": {}
      }
    }
  }
  const { code, stderr, stdout } = await mcp(["run", target], { input: `${JSON.stringify(request)}\n`, cwd })
  assert.strictEqual(code, 0, stderr)
  const { result } = JSON.parse(stdout)
  assert.strictEqual(result.content[0].text, "Hello, Ada")
  return { name: result._meta["io.modelcontextprotocol/serverInfo"].name as string, stderr }
}

const fails = async (...args: ReadonlyArray<string>) => complaint(await mcp(["run", ...args]))

/** Writes a file and runs it. */
const failsWith = async (text: string, name = "server.ts") => {
  using folder = temporary()
  const file = join(folder.path, name)
  writeFileSync(file, text)
  return (await fails(file)).replaceAll(folder.path, "~")
}

const shapes = fixture("shapes.ts")

describe("mcp run", () => {
  for (const name of ["value", "make", "makeLater", "promise", "effect", "makeEffect", "needing", "layer"]) {
    it(`S109: serves the export ${name} over stdio`, async () => {
      assert.strictEqual((await greet(`${shapes}:${name}`)).name, name)
    })
  }

  it("S113: serves a low-level server like any other", async () => {
    assert.strictEqual((await greet(`${shapes}:lowLevel`)).name, "lowLevel")
  })

  for (const name of ["default", "mcp", "server", "app"]) {
    it(`S109: finds ${name} without being told`, async () => {
      using folder = temporary()
      writeFileSync(join(folder.path, "s.mjs"), `export { value as ${name} } from ${JSON.stringify(shapes)}`)
      assert.strictEqual((await greet("s.mjs", folder.path)).name, "value")
    })
  }

  it("S109: a name that holds no server does not hide one that does", async () => {
    using folder = temporary()
    const text = `export default () => {}\nexport { value as app } from ${JSON.stringify(shapes)}`
    writeFileSync(join(folder.path, "s.mjs"), text)
    assert.strictEqual((await greet("s.mjs", folder.path)).name, "value")
  })

  it("S108: what a file prints while it is loaded goes to stderr", async () => {
    assert.include((await greet(`${shapes}:value`)).stderr, "loading shapes.ts")
  })

  it("S108: a file that launches its server by itself is left to it", async () => {
    using folder = temporary()
    const text = `import * as StdioServer from "${root}src/transport/StdioServer.ts"
      import { value } from ${JSON.stringify(shapes)}
      StdioServer.launch(value)`
    writeFileSync(join(folder.path, "s.mjs"), text)
    assert.strictEqual((await greet("s.mjs", folder.path)).name, "value")
  })

  it("S111: no such file, with the one that was meant", async () => {
    const said = await fails("test/fixtures/cli/shape.ts")
    assert.strictEqual(
      said,
      `1: error: File not found: ${fixture("shape.ts")}\nhint: Did you mean shapes.ts?\n`
    )
  })

  it("S111: no such directory either", async () => {
    assert.match(
      await fails("nowhere/server.ts"),
      /^1: error: File not found: .*\nhint: There is no directory/
    )
  })

  it("S111: a URL is no file, and something else serves it", async () => {
    assert.strictEqual(
      await fails("https://mcp.example.com/mcp"),
      "1: error: Not a file: https://mcp.example.com/mcp is a URL\nhint: On stdio it is served by mcp proxy https://mcp.example.com/mcp\n"
    )
  })

  it("a flag for HTTP is not ignored on stdio", async () => {
    assert.strictEqual(
      await fails(shapes, "--port", "3000"),
      "1: error: --port is for HTTP, and this serves stdio\nhint: Over HTTP: -t http\n"
    )
    assert.match(
      complaint(await mcp(["proxy", "-t", "stdio", "--stateless", "--", process.execPath])),
      /^1: error: --stateless is for HTTP/
    )
  })

  it("S111: a module a package does not have, with the one that was meant", async () => {
    using folder = temporary()
    const home = join(folder.path, "node_modules", "some-package")
    mkdirSync(home, { recursive: true })
    const manifest = { name: "some-package", exports: { "./Tool": "./tool.js", "./Server": "./server.js" } }
    writeFileSync(join(home, "package.json"), JSON.stringify(manifest))
    writeFileSync(join(folder.path, "s.mjs"), 'import "some-package/Tol"')
    assert.strictEqual(
      (await fails(join(folder.path, "s.mjs"))).replaceAll(folder.path, "~"),
      "1: error: There is no some-package/Tol in the package some-package for ~/s.mjs\nhint: Did you mean some-package/Tool?\n"
    )
  })

  it("S111: not a file", async () => {
    using folder = temporary()
    mkdirSync(join(folder.path, "src"))
    writeFileSync(join(folder.path, "src", "main.ts"), "")
    assert.match(
      await fails(join(folder.path, "src")),
      /^1: error: Not a file: .*src is a directory\nhint: There is main\.ts in it\n$/
    )
  })

  it("S111: not a program for Node", async () => {
    assert.match(
      await failsWith("print('hi')", "server.py"),
      /^1: error: Not a program for Node: ~\/server\.py\nhint: .*-- python/
    )
  })

  it("S111: no server in it, with what is there and where it would be found", async () => {
    assert.strictEqual(
      await failsWith("export const answer = 42"),
      "1: error: There is no server in ~/server.ts: it exports answer (a number)\nhint: Export it as default, mcp, server or app: export default Server.make(...)\n"
    )
    assert.match(await failsWith(""), /it exports nothing/)
    assert.match(await fails(shapes), /hint: Name the one you mean: .*shapes\.ts:lowLevel\n$/)
  })

  it("S111: an export that does not exist, with the one that was meant", async () => {
    assert.match(
      await fails(`${shapes}:valu`),
      /has no export valu: .*\nhint: Did you mean .*shapes\.ts:value\?/
    )
  })

  for (const [name, kind] of [
    ["number", "a number"],
    ["tool", "a tool, which is a part of a server"],
    ["NotAServer", "a class"]
  ] as const) {
    it(`S111: the wrong kind of export: ${kind}`, async () => {
      assert.include(
        await fails(`${shapes}:${name}`),
        `${name} of ${shapes} is ${kind}, not a server\nhint: `
      )
    })
  }

  it("S111: a function that gives no server, and one that throws", async () => {
    assert.include(await fails(`${shapes}:makeNothing`), "is undefined, not a server")
    assert.include(await fails(`${shapes}:failing`), "failed: RangeError: out of luck")
  })

  it("S111: a service that nobody provides", async () => {
    assert.match(
      await fails(fixture("unprovided.ts")),
      /^1: error: .*unprovided\.ts needs app\/Database, which nobody provides\nhint: .*export const services/
    )
  })

  it("S111: a syntax error, with its place, in TypeScript and in JavaScript", async () => {
    const place = /^1: error: ~\/server\.\w+:2: .*\n\n {2}export default \{ a: \}\n {22}\^\n$/
    const text = "const a = 1\nexport default { a: }\n"
    assert.match(await failsWith(text), place)
    assert.match(await failsWith(text, "server.mjs"), place)
  })

  it("S111: TypeScript that would have to be compiled", async () => {
    assert.match(
      await failsWith("export enum A { B }"),
      /^1: error: ~\/server\.ts:1: .*enum.*\n[\s\S]*hint: /
    )
  })

  it("S111: a package that is not installed, and a module that is not there", async () => {
    assert.match(
      await failsWith('import "no-such-package"'),
      /no package 'no-such-package'.*\nhint: .*npm install/
    )
    assert.match(await failsWith('import "./tools"'), /no module '~\/tools'.*\nhint: .*extension/)
  })

  it("S111: a file that throws, with the place in it", async () => {
    assert.match(
      await failsWith("throw new TypeError('boom')", "server.mjs"),
      /^1: error: ~\/server\.mjs failed while it was loaded: TypeError: boom\nhint: at .*server\.mjs:1:7/
    )
  })

  it("S096: a package that is being worked on can be imported from its directory", async () => {
    using folder = temporary()
    const local = join(folder.path, "local")
    mkdirSync(local)
    const manifest = { name: "my-local-package", version: "1.0.0", type: "module", exports: "./index.ts" }
    writeFileSync(join(local, "package.json"), JSON.stringify(manifest))
    writeFileSync(join(local, "index.ts"), `export { value as default } from ${JSON.stringify(shapes)}`)
    writeFileSync(join(folder.path, "s.mjs"), 'export { default } from "my-local-package"')
    const around = { cwd: folder.path }
    assert.match(
      complaint(await mcp(["run", "s.mjs"], around)),
      /no package 'my-local-package'.*\nhint: .*--with/
    )
    const { code, stderr } = await mcp(["run", "s.mjs", "--with-editable", "local"], around)
    assert.strictEqual(code, 0, stderr)
  })
})
