/** The tools of MCP servers, for a model to use. */
import * as Tool from "effect/ai/Tool"
import * as Toolkit from "effect/ai/Toolkit"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Group from "mcp-effect/Group"

const said = ({
  content
}: {
  readonly content: ReadonlyArray<{ readonly type: string; readonly text?: unknown }>
}) => content.map((block) => (typeof block.text === "string" ? block.text : `(${block.type})`)).join("\n")

/** Whatever goes wrong in a call is for the model to read, who may try something else. */
const run = (group: Group.Group, name: string, input: unknown) =>
  Console.log(`  ${name} ${JSON.stringify(input)}`).pipe(
    Effect.andThen(group.callTool(name, input as Record<string, unknown>)),
    Effect.map(said),
    Effect.catch((error) => Effect.succeed(`Error: ${error.message}`))
  )

export const of = Effect.fnUntraced(function* (group: Group.Group) {
  const listed = yield* group.tools
  const toolkit = Toolkit.make(
    ...listed.map(({ description, inputSchema, name }) =>
      Tool.dynamic(name, { description, parameters: { ...inputSchema }, success: Schema.String })
    )
  )
  const handlers = listed.map(({ name }) => [name, (input: unknown) => run(group, name, input)] as const)
  return yield* Effect.provide(toolkit, toolkit.toLayer(Object.fromEntries(handlers)))
})
