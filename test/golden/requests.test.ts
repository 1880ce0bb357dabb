/**
 * What a client developer reads when a request fails as a request: in every revision, as it is on the wire. Failures
 * of tools, which models read, are in `mistakes.txt`.
 */
import { assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as McpError from "../../src/protocol/McpError.ts"
import * as Revisions from "../../src/protocol/Revisions.ts"
import * as Ask from "../../src/server/Ask.ts"
import * as Method from "../../src/server/Method.ts"
import * as Prompt from "../../src/server/Prompt.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import * as Tool from "../../src/server/Tool.ts"
import { modern, peerOf, request, shaken } from "../server/peers.ts"

const secret = "database password is hunter2"
const fail = () => {
  throw new Error(secret)
}
const Colour = Schema.Struct({ colour: Schema.String })

const server = Server.make(
  { name: "golden", version: "1.0.0" },
  Tool.handle(Tool.make("get_weather", { input: { city: Schema.String } }), ({ city }) => city),
  Tool.handle(Tool.make("get_forecast"), fail),
  Tool.handle(Tool.make("refuse"), () =>
    Effect.fail(McpError.make(1234, "Not on Sundays", { open: "Monday" }))
  ),
  Tool.handle(Tool.make("ask"), () => Effect.map(Ask.elicit("Which?", Colour), ({ colour }) => colour)),
  Tool.handle(Tool.make("visit"), () => Ask.requireUrl("Connect first", "https://example.com/connect")),
  Tool.handle(Tool.make("hidden"), () => "x", { visible: () => false }),
  Prompt.make("review", { arguments: { code: Schema.String, count: Schema.Int } }, () => "x"),
  Prompt.make("broken", { arguments: { a: Schema.String }, complete: { a: fail } }, fail),
  Resource.text("note://today", { updates: true }, "Buy milk"),
  Resource.make("note://broken", {}, fail),
  Resource.template("users://{id}", { variables: { id: Schema.Int } }, ({ id }) => `user ${id}`),
  Method.make("example.com/die", () => Effect.die(new Error(secret)))
)

type Mistake = readonly [title: string, method: string, params: JsonRpc.Params]
const complete = (ref: JsonRpc.Params, name: string): JsonRpc.Params => ({ ref, argument: { name, value: "" } })
const mistakes: ReadonlyArray<Mistake> = [
  ["a tool by nearly its name", "tools/call", { name: "get_wether", arguments: { city: "Paris" } }],
  ["a tool of no such name", "tools/call", { name: "launch_rocket" }],
  ["a tool that is hidden", "tools/call", { name: "hidden" }],
  ["a tool of the prototype's name", "tools/call", { name: "constructor" }],
  ["no name at all", "tools/call", {}],
  ["a name that is no text", "tools/call", { name: 5 }],
  ["arguments that are a list", "tools/call", { name: "get_weather", arguments: ["Paris"] }],
  ["a defect in a tool", "tools/call", { name: "get_forecast" }],
  ["an error with code and data", "tools/call", { name: "refuse" }],
  ["a question the client cannot be asked", "tools/call", { name: "ask" }],
  ["a page the client cannot open", "tools/call", { name: "visit" }],
  ["a prompt by nearly its name", "prompts/get", { name: "reviw", arguments: { code: "1", count: "1" } }],
  ["a prompt of no such name", "prompts/get", { name: "launch_rocket" }],
  ["a prompt without its arguments", "prompts/get", { name: "review" }],
  ["a prompt with one that does not fit", "prompts/get", { name: "review", arguments: { code: "1", count: "x" } }],
  ["a prompt with one too many", "prompts/get", { name: "review", arguments: { code: "1", count: "1", lang: "ts" } }],
  ["a prompt's argument that is no text", "prompts/get", { name: "review", arguments: { code: 1, count: "1" } }],
  ["a defect in a prompt", "prompts/get", { name: "broken", arguments: { a: "x" } }],
  ["a resource by nearly its URI", "resources/read", { uri: "note://tody" }],
  ["a resource of no such URI", "resources/read", { uri: "x://y" }],
  ["a variable that does not fit", "resources/read", { uri: "users://ada" }],
  ["no URI at all", "resources/read", {}],
  ["a defect in a resource", "resources/read", { uri: "note://broken" }],
  ["a cursor nobody gave out", "tools/list", { cursor: "bm90IG91cnM" }],
  ["a cursor that is no text", "prompts/list", { cursor: 5 }],
  ["completion for no such prompt", "completion/complete", complete({ type: "ref/prompt", name: "reviw" }, "code")],
  ["completion for no such argument", "completion/complete", complete({ type: "ref/prompt", name: "review" }, "cod")],
  ["completion for no such template", "completion/complete", complete({ type: "ref/resource", uri: "x://{y}" }, "y")],
  ["completion for nothing", "completion/complete", {}],
  ["a defect in a completion", "completion/complete", complete({ type: "ref/prompt", name: "broken" }, "a")],
  ["a method nobody knows", "example.com/fly", {}],
  ["a method of another era", "initialize", { protocolVersion: "1999-12-31" }],
  ["a log level nobody knows", "logging/setLevel", { level: "loud" }],
  ["a subscription to nothing", "resources/subscribe", {}],
  ["a filter that is none", "subscriptions/listen", { notifications: [] }],
  ["a defect in a method of one's own", "example.com/die", {}]
]

/** The answer as it is on the wire. References to the log differ from run to run. */
const told = Effect.fnUntraced(function* (version: string, [, method, params]: Mistake) {
  const stateless = version === Revisions.newest.version
  const { accept } = stateless ? yield* peerOf(server) : yield* shaken(server, version)
  const { error, result } = yield* accept(request(1, method, stateless ? { ...params, _meta: modern() } : params))
  const text = error === undefined ? `no error: ${JSON.stringify(result)}` : show(error)
  return text.replace(/"reference":"[a-z0-9]+"/, '"reference":"<in the log>"')
}, Effect.scoped)

const show = ({ code, data, message }: JsonRpc.Fault) =>
  [`${code}`, ...message.split("\n").map((line) => `  | ${line}`), ...(data === undefined ? [] : [`  ${JSON.stringify(data)}`])].join("\n")

/** Revisions with the same answer are named together, newest first. */
const page = (mistake: Mistake) =>
  Effect.gen(function* () {
    const versions = new Map<string, Array<string>>()
    for (const version of Revisions.versions) {
      const text = yield* told(version, mistake)
      versions.set(text, [...(versions.get(text) ?? []), version])
    }
    const [title, method, params] = mistake
    const answers = [...versions].map(([text, said]) =>
      said.length === Revisions.versions.length ? text : `${said.join(", ")}: ${text}`
    )
    return [`# ${title}`, `${method} ${JSON.stringify(params)}`, ...answers].join("\n")
  })

describe("requests that fail", () => {
  it.effect("S048: what a client developer reads for each of them is what it was", () =>
    Effect.gen(function* () {
      assert.isAtLeast(mistakes.length, 30)
      const pages = (yield* Effect.forEach(mistakes, page)).join("\n\n")
      assert.notInclude(pages, "hunter2")
      yield* Effect.promise(() => expect(`${pages}\n`).toMatchFileSnapshot("./requests.txt"))
    })
  )
})
