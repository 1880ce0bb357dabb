/**
 * Every TypeScript block of the README and of the doc comments in src is a program: all are compiled, strictly, and
 * run. A block marked `no-run` is only compiled (it would start a server on this process's streams).
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const folder = join(root, ".docs-test")

interface Block {
  readonly where: string
  readonly file: string
  readonly code: string
  readonly runs: boolean
}

const sources = [
  "README.md",
  ...readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join("src", path))
]

/** Blocks between fences; in a doc comment every line has a star before it. */
const blocks: ReadonlyArray<Block> = sources.flatMap((source) => {
  const text = readFileSync(join(root, source), "utf8")
  const plain = source.endsWith(".md") ? text : text.replace(/^ *\* ?/gm, "")
  return [...plain.matchAll(/^```ts( no-run)?\n([\s\S]*?)^```$/gm)].map((match, index) => ({
    where: `${relative(root, join(root, source))} #${index + 1}`,
    file: `${source.replaceAll(/[^A-Za-z0-9]+/g, "_")}_${index + 1}.ts`,
    code: match[2]!,
    runs: match[1] === undefined
  }))
})

describe("documentation", () => {
  beforeAll(() => {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    for (const { code, file } of blocks) writeFileSync(join(folder, file), `${code}\nexport {}\n`)
    const config = {
      extends: "../tsconfig.json",
      compilerOptions: { noUnusedLocals: false },
      include: ["*.ts"]
    }
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("S091: has examples", () => {
    assert.isAbove(blocks.length, 20)
  })

  it("S091: every example compiles", () => {
    const { status, stdout } = spawnSync(process.execPath, [tsc(), "-p", folder], { encoding: "utf8" })
    assert.strictEqual(status, 0, stdout)
  })

  it("S091: every example runs", () => {
    const files = blocks.filter(({ runs }) => runs).map(({ file }) => `await import("./${file}")`)
    writeFileSync(join(folder, "all.ts"), `${files.join("\n")}\nprocess.exit(0)\n`)
    const output = execFileSync(
      process.execPath,
      ["--conditions=mcp-effect-source", join(folder, "all.ts")],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"]
      }
    )
    assert.isString(output)
  })
})

describe("README", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8")

  it("S208: says who controls prompts, resources and tools, and links each to a program that has it", () => {
    for (const [primitive, who, constructor] of [
      ["prompts", "the user", "Prompt.make("],
      ["resources", "the application", "Resource."],
      ["tools", "the model", "Tool.handle("]
    ] as const) {
      const row = readme.split("\n").find((line) => line.startsWith(`| ${primitive} |`))
      assert(row !== undefined, `no row for ${primitive}`)
      assert.include(row, who)
      const link = /\]\((examples\/[^)]+)\)/.exec(row)?.[1]
      assert(link !== undefined, `no example for ${primitive}`)
      const programs = readdirSync(join(root, link)).filter((file) => file.endsWith(".ts"))
      const text = programs.map((file) => readFileSync(join(root, link, file), "utf8")).join()
      assert.include(text, constructor, `${link} has none of ${primitive}`)
    }
  })

  it("links to files that exist", () => {
    for (const [, path] of readme.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      assert(existsSync(join(root, path!)), `${path} does not exist`)
    }
  })
})

/** TypeScript's launcher, run by this process's own Node. */
const tsc = () => join(root, "node_modules/typescript/bin/tsc")
