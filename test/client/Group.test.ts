import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Client from "../../src/client/Client.ts"
import * as Group from "../../src/client/Group.ts"
import * as Prompt from "../../src/server/Prompt.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import * as Tool from "../../src/server/Tool.ts"
import * as Loopback from "../../src/transport/Loopback.ts"

/** A client of a server that says its own name, by tool, prompt and resource. */
const member = (name: string, uri = `memo://${name}`) =>
  Client.connect(
    Loopback.layer(
      Server.make(
        { name: "same", version: "1.0.0" },
        Tool.handle(Tool.make("who"), () => name),
        Prompt.make("who", {}, () => name),
        Resource.text(uri, { name }, name)
      )
    ),
    { name: "test", version: "1.0.0" }
  )

describe("Group", () => {
  it.effect("S193: tools, prompts and resources of several servers, called where they are", () =>
    Effect.gen(function* () {
      const group = yield* Group.make({ one: yield* member("1"), two: yield* member("2") })
      assert.deepStrictEqual(
        (yield* group.tools).map(({ member: from, name, original }) => [name, from, original]),
        [
          ["one_who", "one", "who"],
          ["two_who", "two", "who"]
        ]
      )
      assert.deepStrictEqual((yield* group.callTool("two_who")).content[0], { type: "text", text: "2" })
      const { messages } = yield* group.getPrompt("one_who")
      assert.deepStrictEqual(messages[0]?.content, { type: "text", text: "1" })
      const { contents } = yield* group.readResource("memo://2")
      assert.deepStrictEqual(
        contents.map((each) => "text" in each && each.text),
        ["2"]
      )
    })
  )

  it.effect("S193: the application may name things its own way", () =>
    Effect.gen(function* () {
      const rename = (name: string, from: string) => `${name}@${from}`
      const group = yield* Group.make({ one: yield* member("1") }, { rename })
      assert.deepStrictEqual(
        (yield* group.prompts).map(({ name }) => name),
        ["who@one"]
      )
    })
  )

  it.effect("S193: names that clash are an error that says between whom", () =>
    Effect.gen(function* () {
      const clients = { one: yield* member("1"), two: yield* member("2") }
      const error = yield* Effect.flip(Group.make(clients, { rename: (name) => name }))
      assert.strictEqual(error._tag, "DuplicateName")
      assert.strictEqual(error.message, 'The tool "who" comes from one and two')
    })
  )

  it.effect("S193: so are resources with the same URI", () =>
    Effect.gen(function* () {
      const clients = { one: yield* member("1", "memo://x"), two: yield* member("2", "memo://x") }
      const error = yield* Effect.flip(Group.make(clients))
      assert.strictEqual(error.message, 'The resource "memo://x" comes from one and two')
    })
  )

  it.effect("a name nobody has is refused without asking everybody for ever", () =>
    Effect.gen(function* () {
      const group = yield* Group.make({ one: yield* member("1") })
      const error = yield* Effect.flip(group.callTool("who"))
      assert.strictEqual(error._tag === "McpError" && error.code, -32602)
    })
  )
})
