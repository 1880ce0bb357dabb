/**
 * The client the official conformance suite tests, through the public API only. It does what a host does: looks at
 * what the server has, and uses all of it. The last argument is the URL; the suite says in the environment which
 * revision it wants to see, and which calls.
 */
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import * as Authorized from "./authorized.ts"

const url = process.argv.at(-1)!
const version = process.env["MCP_CONFORMANCE_PROTOCOL_VERSION"]
const scenario = process.env["MCP_CONFORMANCE_SCENARIO"] ?? ""

interface Call {
  readonly name: string
  readonly arguments: { readonly [name: string]: unknown }
}

const context = JSON.parse(process.env["MCP_CONFORMANCE_CONTEXT"] ?? "{}") as {
  readonly toolCalls?: ReadonlyArray<Call>
} & Authorized.Context

/** Something of the type a schema asks for. */
const sample = (schema: { readonly type?: unknown }): unknown =>
  ({ number: 1, integer: 1, boolean: true, array: [], object: {} })[String(schema.type)] ?? "text"

const callOf = ({ inputSchema, name }: Client.Tool): Call => {
  const properties = (inputSchema["properties"] ?? {}) as {
    readonly [name: string]: { readonly type?: unknown }
  }
  return {
    name,
    arguments: Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, sample(schema)]))
  }
}

/** One tool wants to be shown how another was described. */
const withSchema = (tools: ReadonlyArray<Client.Tool>, call: Call): Call =>
  "schema" in call.arguments
    ? { ...call, arguments: { schema: tools.find(({ name }) => name !== call.name)?.inputSchema } }
    : call

const has = (client: Client.Service, capability: string) =>
  Object.hasOwn(client.server.capabilities, capability)

const program = Effect.gen(function* () {
  const client = yield* Client.connect(url, {
    name: "conformance-client",
    version: "1.0.0",
    // Nothing is to be found out by its being slow: dozens of servers share one process with the suite.
    probeTimeout: "1 minute",
    ...(version !== undefined && { versions: [version] }),
    elicit: () => Effect.succeed(Client.accept({})),
    sample: () =>
      Effect.succeed({ role: "assistant", content: { type: "text", text: "Hello" }, model: "none" }),
    roots: []
  })
  if (has(client, "tools")) {
    const tools = yield* client.tools
    const calls = context.toolCalls ?? tools.map(callOf)
    yield* Effect.forEach(calls, (call) => {
      const { arguments: args, name } = withSchema(tools, call)
      return Effect.ignore(client.callTool(name, args))
    })
  }
  if (has(client, "resources")) {
    const resources = yield* client.resources
    yield* Effect.forEach(resources, ({ uri }) => client.readResource(uri))
  }
  if (has(client, "prompts")) {
    const prompts = yield* client.prompts
    yield* Effect.forEach(prompts, ({ name }) => client.getPrompt(name))
  }
})

const run = Effect.scoped(program)
await Effect.runPromise(
  scenario.startsWith("auth/")
    ? Effect.provide(run, await Authorized.httpClient(url, scenario, context))
    : run
)
