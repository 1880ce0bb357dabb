/** Calls a tool. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Client from "../../client/Client.ts"
import { nearest } from "../../server/Suggest.ts"
import * as Failure from "../Failure.ts"
import { Machine } from "../Machine.ts"
import * as Content from "../show/Content.ts"
import * as Connect from "../target/Connect.ts"
import * as Arguments from "./Arguments.ts"
import * as Missing from "./Missing.ts"
import * as Session from "./Session.ts"
import * as Words from "./Words.ts"

/** What is called, and what is done with its result. */
export interface Call {
  readonly tool: string
  readonly given: Arguments.Values
  readonly pairs: ReadonlyArray<string>
  readonly save: string | undefined
  readonly json: boolean
}

export interface Input extends Session.Flags {
  readonly tool: string
  readonly words: ReadonlyArray<string>
  readonly arg: ReadonlyArray<string>
  readonly save: Option.Option<string>
}

export const call = Effect.fnUntraced(function* ({ arg, save, tool, words, ...flags }: Input) {
  const given = yield* Arguments.given(words)
  const session = yield* Session.open(
    yield* Words.target(words.filter((word) => !Arguments.isJson(word))),
    flags
  )
  yield* run(session, { tool, given, pairs: arg, save: Option.getOrUndefined(save), json: flags.json })
}, Effect.scoped)

export const run = Effect.fnUntraced(function* (session: Session.Session, call: Call) {
  const args = yield* settle(session, call)
  const result = yield* session.client
    .callTool(call.tool, args, Session.observed(session))
    .pipe(Effect.mapError(Connect.failure))
  session.screen.clear()
  if (call.json) yield* Console.log(JSON.stringify(result))
  const words = call.json ? "" : yield* shown(result, { name: call.tool, save: call.save })
  if (result.isError === true)
    return yield* new Failure.Failure({
      kind: "tool",
      message: words || `${call.tool} failed and does not say why`,
      told: call.json
    })
  if (words !== "") yield* Console.log(words)
})

/** The arguments as the tool has them. Whoever sits at a terminal is asked for those that are missing. */
const settle = Effect.fnUntraced(function* (session: Session.Session, { given, pairs, tool: name }: Call) {
  const { terminals } = yield* Machine
  const asks = terminals.stdin && terminals.stderr
  if (pairs.length === 0 && !asks) return given
  const tools = yield* Effect.mapError(session.client.tools, Connect.failure)
  const tool = tools.find((each) => each.name === name)
  if (tool === undefined) return yield* noSuchTool(name, tools)
  const args = { ...given, ...(yield* Arguments.typed(pairs, tool.inputSchema)) }
  return asks ? { ...args, ...(yield* Missing.ask(session.screen, tool.inputSchema, args)) } : args
})

const noSuchTool = (name: string, tools: ReadonlyArray<Client.Tool>) => {
  const names = tools.map((tool) => tool.name)
  const meant = nearest(name, names)
  return Failure.usage(
    `There is no tool ${name}`,
    meant === undefined ? `The tools are ${names.join(", ") || "none"}` : `Did you mean ${meant}?`
  )
}

const shown = Effect.fnUntraced(function* (
  { content, structuredContent }: Client.CallToolResult,
  options: Content.Options
) {
  const blocks = yield* Effect.forEach(content, (block) => Content.block(block, options))
  // What is structured is said in words as well, unless there are none.
  const alone = structuredContent !== undefined && content.every(({ type }) => type !== "text")
  return [...blocks, ...(alone ? [JSON.stringify(structuredContent, null, 2)] : [])].join("\n")
})
