/** What a developer reads when a handler does not compile: the last line of the compiler's message. */
import { execFile } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { join, relative } from "node:path"
import { promisify } from "node:util"
import { assert, beforeAll, describe, it } from "@effect/vitest"

const root = join(import.meta.dirname, "../..")

const prelude = (source: string) => `
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Server from "${source}/server/Server.ts"
import * as Tool from "${source}/server/Tool.ts"
import * as NodeServer from "${source}/transport/NodeServer.ts"
import * as StdioServer from "${source}/transport/StdioServer.ts"
import * as StreamableServer from "${source}/transport/StreamableServer.ts"
export class Offline extends Schema.TaggedError<Offline>()("Offline", {}) {}
export class OutOfStock extends Schema.TaggedError<OutOfStock>()("OutOfStock", { left: Schema.Int }) {}
export const Add = Tool.make("add", { input: { a: Schema.Finite }, output: Schema.Finite })
export const Buy = Tool.make("buy", { output: Schema.Struct({ id: Schema.String }), failure: OutOfStock })
export const Say = Tool.make("say")
export class Users extends Context.Service<Users, { readonly count: number }>()("app/Users") {}
export const needy = Server.make(
  { name: "s", version: "1" },
  Tool.handle(Add, () => Effect.map(Users, ({ count }) => count))
)
export const guard = { admit: () => Effect.map(Users, () => Context.empty()) }
export { Effect, Layer, NodeServer, Schema, Server, StdioServer, StreamableServer, Tool }
`

interface Snippet {
  readonly title: string
  readonly code: string
  /** What the last line of the message says; nothing when it compiles. */
  readonly says?: string
}

const snippets: ReadonlyArray<Snippet> = [
  { title: "a handler that fits", code: "Tool.handle(Add, ({ a }) => Effect.succeed(a))" },
  {
    title: "an undeclared failure",
    code: "Tool.handle(Add, () => Effect.fail(new Offline()))",
    says: "This handler can fail with Offline. Declare it as the tool's failure, or turn it into McpError."
  },
  {
    title: "two failures, one of them declared",
    code: "Tool.handle(Buy, () => (Math.random() > 0.5 ? Effect.fail(new Offline()) : Effect.fail(new OutOfStock({ left: 1 }))))",
    says: "This handler can fail with Offline. Declare it as the tool's failure, or turn it into McpError."
  },
  {
    title: "a failure without a tag",
    code: "Tool.handle(Add, () => Effect.fail(new Error('x')))",
    says: "This handler can fail with an error. Declare it as the tool's failure, or turn it into McpError."
  },
  {
    title: "a generator that can fail",
    code: "Tool.handle(Add, ({ a }) => Effect.gen(function* () { if (a > 1) return yield* new Offline(); return a }))",
    says: "This handler can fail with Offline."
  },
  {
    title: "an Effect of something else",
    code: "Tool.handle(Add, () => Effect.succeed('1'))",
    says: "This handler does not answer what the tool declares. Answer its output, or change the output."
  },
  {
    title: "a value of another type",
    code: "Tool.handle(Add, () => '1')",
    says: "This handler does not answer what the tool declares. Answer its output, or change the output."
  },
  {
    title: "an object that lacks a field",
    code: "Tool.handle(Buy, () => ({ identity: '1' }))",
    says: "This handler does not answer what the tool declares. Answer its output, or change the output."
  },
  {
    title: "data from a tool without output",
    code: "Tool.handle(Say, () => 5)",
    says: "This tool declares no output, so its handler answers text or content blocks. Declare an output to answer data."
  },
  {
    title: "S028: a server without the layer it needs",
    code: "StdioServer.launch(needy)",
    says: "This server needs services: give a layer of them as the second argument."
  },
  {
    title: "S028: a server with the layer it needs",
    code: "StdioServer.launch(needy, Layer.succeed(Users, { count: 1 }))"
  },
  {
    title: "S028: a server on HTTP without the layer it needs",
    code: "NodeServer.launch(needy)",
    says: "This server needs services: give a layer of them as the third argument."
  },
  {
    title: "S028: a server on HTTP with options and without the layer it needs",
    code: "NodeServer.launch(needy, { port: 3000 })",
    says: "This server needs services: give a layer of them as the third argument."
  },
  {
    title: "S028: a server as a function without the layer it needs",
    code: "StreamableServer.web(needy)",
    says: "This server needs services: give a layer of them as the third argument."
  },
  {
    title: "S028: a server on HTTP without the layer its guard needs",
    code: "NodeServer.launch(Server.make({ name: 's', version: '1' }), { guard })",
    says: "This server needs services: give a layer of them as the third argument."
  },
  {
    title: "S028: a server on HTTP with the layer it needs",
    code: "NodeServer.launch(needy, { guard }, Layer.succeed(Users, { count: 1 }))"
  }
]

/** The last line of each message, by file name. */
const compile = async (): Promise<ReadonlyMap<string, string>> => {
  const cache = join(root, "node_modules/.cache")
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, "advice-"))
  try {
    await writeFile(join(folder, "prelude.ts"), prelude(relative(folder, join(root, "src"))))
    const names =
      "Add, Buy, Effect, Layer, NodeServer, Offline, OutOfStock, Say, Server, StdioServer, StreamableServer, Tool, Users, guard, needy"
    const imports = `import { ${names} } from "./prelude.ts"\n`
    const used = `\nexport const used = [${names}]\n`
    await Promise.all(
      snippets.map(({ code }, index) => writeFile(join(folder, `s${index}.ts`), imports + code + used))
    )
    const config = {
      extends: relative(folder, join(root, "tsconfig.json")),
      include: ["*.ts"],
      compilerOptions: { types: ["node"] }
    }
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config))
    const compiler = join(root, "node_modules/.bin/tsc")
    const run = promisify(execFile)(compiler, ["-p", folder, "--pretty", "false"], { cwd: folder })
    return lastLines(
      await run.then(
        ({ stdout }) => stdout,
        (error: { readonly stdout: string }) => error.stdout
      )
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const lastLines = (output: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  let file: string | undefined
  for (const line of output.split("\n").filter((text) => text.trim() !== "")) {
    file = /^(\w+\.ts)\(/.exec(line)?.[1] ?? file
    if (file !== undefined) found.set(file, line)
  }
  return found
}

describe("the last line of the compiler's message", () => {
  let messages: ReadonlyMap<string, string>
  beforeAll(async () => {
    messages = await compile()
  }, 120_000)

  snippets.forEach(({ says, title }, index) => {
    it(`${title}: ${says === undefined ? "compiles" : "reads as advice"}`, () => {
      const message = messages.get(`s${index}.ts`)
      if (says === undefined) assert.isUndefined(message)
      else assert.include(message ?? "it compiled", says)
    })
  })

  it("the prelude itself compiles", () => {
    assert.isUndefined(messages.get("prelude.ts"))
  })
})
