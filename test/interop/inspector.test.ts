/** The command line of the MCP Inspector against our server, over each transport it has, in both eras. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NodeServer from "mcp-effect/NodeServer"
import { command, fixture, mcp, root } from "../cli/binary.ts"
import inspected, { pixel } from "../fixtures/inspected.ts"
import { folder, inspect, type Said, type Target, version } from "./inspector.ts"

type Era = "legacy" | "modern"

/** What is asked for, and what is said of it. Since 2026-07-28 some results say more. */
interface Question {
  readonly args: ReadonlyArray<string>
  readonly result: object
  readonly modern?: object
}

const of = (method: string, ...args: ReadonlyArray<string>) => ["--method", method, ...args]

const signed = { _meta: { "io.modelcontextprotocol/serverInfo": { name: "inspected", version: "1.2.3" } } }
const fresh = { ...signed, ttlMs: 0, cacheScope: "private" }
const numbers = { a: { type: "number" }, b: { type: "number" } }

const questions: ReadonlyArray<Question> = [
  {
    args: of("initialize"),
    result: {
      serverInfo: { name: "inspected", version: "1.2.3" },
      protocolVersion: "2025-11-25",
      capabilities: { logging: {}, prompts: {}, resources: {}, tools: {} },
      instructions: "Look around."
    },
    modern: { protocolVersion: "2026-07-28" }
  },
  {
    // Strictly: a schema that some client could not use would be an exit code of its own.
    args: of("tools/list", "--strict"),
    result: {
      tools: [
        {
          name: "sum",
          title: "Sum",
          description: "Add two numbers",
          inputSchema: {
            type: "object",
            properties: numbers,
            required: ["a", "b"],
            additionalProperties: false
          },
          outputSchema: { type: "object", properties: { sum: { type: "number" } }, required: ["sum"] },
          annotations: { readOnlyHint: true }
        },
        {
          name: "draw",
          description: "Draw a dot",
          inputSchema: { type: "object", additionalProperties: false }
        },
        {
          name: "buy",
          description: "Buy a dot",
          inputSchema: { type: "object", additionalProperties: false }
        }
      ]
    }
  },
  {
    args: of("tools/call", "--tool-name", "sum", "--tool-arg", "a=2", "b=40"),
    result: { content: [{ type: "text", text: '{"sum":42}' }], structuredContent: { sum: 42 } },
    modern: signed
  },
  {
    args: of("tools/call", "--tool-name", "draw"),
    result: {
      content: [
        { type: "text", text: "a dot" },
        { type: "image", data: pixel, mimeType: "image/png" }
      ]
    },
    modern: signed
  },
  {
    args: of("resources/list"),
    result: {
      resources: [
        { uri: "note://today", name: "today", description: "What is to be done", size: 8 },
        { uri: "data://dot", name: "dot", size: 3 }
      ]
    }
  },
  {
    args: of("resources/templates/list"),
    result: { resourceTemplates: [{ uriTemplate: "greeting://{name}", name: "greeting" }] }
  },
  {
    args: of("resources/read", "--uri", "greeting://Ada"),
    result: { contents: [{ uri: "greeting://Ada", mimeType: "text/plain", text: "Hello, Ada!" }] },
    modern: fresh
  },
  {
    args: of("resources/read", "--uri", "data://dot"),
    result: { contents: [{ uri: "data://dot", mimeType: "application/octet-stream", blob: "AAEC" }] },
    modern: fresh
  },
  {
    args: of("prompts/list"),
    result: {
      prompts: [
        {
          name: "review",
          description: "Ask for a review",
          arguments: [
            { name: "code", required: true },
            { name: "tone", required: false }
          ]
        }
      ]
    }
  },
  {
    args: of("prompts/get", "--prompt-name", "review", "--prompt-args", "code=1", "tone=harsh"),
    result: {
      description: "Ask for a review",
      messages: [{ role: "user", content: { type: "text", text: "Be harsh about: 1" } }]
    },
    modern: signed
  }
]

const tools = questions.filter(({ args }) => args.some((word) => word.startsWith("tools/")))

/** Is gone since 2026-07-28: there each request says which messages it wants. */
const level = of("logging/setLevel", "--log-level", "debug")

/** What cannot be given, and what is said of that: the exit code is not 0. */
const refusals: ReadonlyArray<readonly [args: ReadonlyArray<string>, said: Said]> = [
  [
    of("tools/call", "--tool-name", "buy"),
    {
      code: 5,
      stdout: {
        result: {
          content: [{ type: "text", text: "Closed: The shop is closed. Come back tomorrow." }],
          isError: true,
          _meta: { "mcp-effect/failure": { _tag: "Closed" } }
        }
      },
      stderr: { error: { code: "tool_is_error", message: "Tool 'buy' returned isError:true." } }
    }
  ],
  [
    of("resources/read", "--uri", "note://tody"),
    {
      code: 1,
      stderr: {
        error: { code: "error", message: "Resource not found: note://tody. Did you mean note://today?" }
      }
    }
  ],
  [
    of("prompts/get", "--prompt-name", "reviw"),
    {
      code: 1,
      stderr: { error: { code: "error", message: "Unknown prompt: reviw. Did you mean review?" } }
    }
  ]
]

const stdio: Target = { command: [...command, "run", `${root}test/fixtures/inspected.ts`] }

/** Our server over HTTP, for as long as the scope. */
const listening = Effect.map(NodeServer.listen(inspected, { port: 0, sse: true }), ({ url }) => ({
  http: { url, transport: "http" } satisfies Target,
  sse: { url: url.replace("/mcp", "/sse"), transport: "sse" } satisfies Target
}))

const ask = (target: Target, era: Era, args: ReadonlyArray<string>) =>
  Effect.promise(() => inspect(target, ["--protocol-era", era, ...args]))

const answered = (target: Target, era: Era, asked = questions) =>
  Effect.forEach(
    asked,
    Effect.fnUntraced(function* ({ args, modern, result }) {
      const whole = era === "modern" ? { ...result, ...modern } : result
      assert.deepStrictEqual(yield* ask(target, era, args), { code: 0, stdout: { result: whole } })
    }),
    // Each is a program to start.
    { concurrency: 2 }
  )

/** Ten programs one after the other, on a machine that has other things to do. */
const patience = 120_000

describe.skipIf(folder === undefined)("the Inspector's command line", () => {
  it("S021: is the version that mcp dev opens servers in", async () => {
    const { stdout } = await mcp(["dev", fixture("calculator.ts"), "--print"])
    assert.include(stdout, `@modelcontextprotocol/inspector@${version()} `)
  })

  for (const era of ["legacy", "modern"] as const) {
    it.live(
      `S005 S017 S018 S023: ${era}, is given all it asks for over stdio`,
      () => answered(stdio, era),
      patience
    )

    it.live(
      `S005: ${era}, is given all it asks for over Streamable HTTP`,
      () => Effect.scoped(Effect.flatMap(listening, ({ http }) => answered(http, era))),
      patience
    )
  }

  it.live(
    "S005: is given tools over HTTP+SSE",
    () => Effect.scoped(Effect.flatMap(listening, ({ sse }) => answered(sse, "legacy", tools))),
    patience
  )

  it.live(
    "tells its user what cannot be given, and why",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { http } = yield* listening
          assert.deepStrictEqual(yield* ask(http, "legacy", level), { code: 0, stdout: { result: {} } })
          for (const [args, said] of refusals) assert.deepStrictEqual(yield* ask(http, "legacy", args), said)
        })
      ),
    patience
  )
})
