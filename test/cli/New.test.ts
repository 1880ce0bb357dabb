/** A new project works by itself, with the package as it is published. */
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { complaint, mcp, root, temporary } from "./binary.ts"

const run = (cwd: string, program: string, ...args: ReadonlyArray<string>) => {
  const { error, status, stderr, stdout } = spawnSync(program, args, { cwd, encoding: "utf8" })
  assert.strictEqual(status, 0, `${program} ${args.join(" ")}: ${error?.message ?? ""}\n${stdout}${stderr}`)
  return stdout
}

const npm = { npm_config_prefer_offline: "true", npm_config_loglevel: "error" }

describe("mcp new", () => {
  it("S008 S009: its project passes npm ci and npm test, starts, and has the mcp command", async () => {
    using folder = temporary()
    if (!existsSync(join(root, "dist/cli/main.js"))) run(root, "npm", "run", "build")
    const [packed] = JSON.parse(
      run(root, "npm", "pack", "--ignore-scripts", "--json", "--pack-destination", folder.path)
    ) as [{ readonly filename: string }]
    const { code, stderr, stdout } = await mcp(["new", "my app", "--use", `file:../${packed.filename}`], {
      cwd: folder.path,
      // npm needs its own settings to reach the registry.
      env: { ...(process.env as Record<string, string>), ...npm }
    })
    assert.strictEqual(code, 0, stderr)
    assert.match(stdout, /✓ my app has .*\n {2}cd my app\n {2}npm test\n/)

    const project = join(folder.path, "my app")
    assert.strictEqual(JSON.parse(readFileSync(join(project, "package.json"), "utf8")).name, "my-app")
    run(project, "npm", "ci", "--prefer-offline", "--no-audit", "--no-fund")
    const tested = run(project, "npm", "test")
    assert.match(tested, /pass 2\b/)
    assert.match(run(project, "npm", "start"), /2 \+ 40 = 42/)
    const call = ["mcp", "call", "add", "src/server.ts", "--arg", "a=2", "--arg", "b=40"]
    assert.strictEqual(run(project, "npx", ...call), "42\n")
    assert.match(run(project, "npx", "mcp-effect", "--version"), /^MCP version /)
  }, 300_000)

  it("what npm cannot install is said in its words, and the project is there to go on with", async () => {
    using folder = temporary()
    const said = complaint(
      await mcp(["new", "app", "--use", "file:./missing.tgz"], {
        cwd: folder.path,
        env: { npm_config_offline: "true" }
      })
    )
    assert.match(said, /^1: error: npm cannot install the packages of the project:\n/)
    assert.notMatch(said, /npm error/)
    assert.match(said, /\nhint: The project is in app\. When that is mended: cd app && npm install\n$/)
    assert.include(readdirSync(join(folder.path, "app")), "src")
  })

  it("overwrites nothing", async () => {
    using folder = temporary()
    writeFileSync(join(folder.path, "notes.txt"), "mine")
    assert.match(
      complaint(await mcp(["new", "."], { cwd: folder.path })),
      /^1: error: .* is not empty\nhint: It has notes\.txt in it/
    )
    assert.deepStrictEqual(readdirSync(folder.path), ["notes.txt"])
  })

  it("goes into an empty directory, and without installing needs nobody", async () => {
    using folder = temporary()
    mkdirSync(join(folder.path, "empty"))
    const { code, stdout } = await mcp(["new", "empty", "--no-install"], { cwd: folder.path })
    assert.strictEqual(code, 0)
    assert.include(stdout, "npm install")
    assert.includeMembers(readdirSync(join(folder.path, "empty")), [
      ".gitignore",
      "package.json",
      "src",
      "test"
    ])
  })
})
