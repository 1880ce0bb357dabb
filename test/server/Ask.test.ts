import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import { McpError } from "../../src/protocol/McpError.ts"
import type { SamplingMessage } from "../../src/protocol/Sampling.ts"
import * as Ask from "../../src/server/Ask.ts"
import * as Question from "../../src/server/Question.ts"

/** Asks a client that answers like this; gives back what it was asked, too. */
const asking = <A, E>(effect: Effect.Effect<A, E, Ask.Ask>, answer: unknown) => {
  const asked: Array<Ask.Question> = []
  const service = Ask.Ask.of({
    answer: (question) => Effect.sync(() => (asked.push(question), answer)),
    once: (_name, _schema, work) => work
  })
  return Effect.map(Effect.exit(Effect.provideService(effect, Ask.Ask, service)), (exit) => ({ exit, asked }))
}
const code = (exit: Exit.Exit<unknown, unknown>) => {
  const [reason] = Exit.isFailure(exit) ? exit.cause.reasons : []
  return reason?._tag === "Fail" && reason.error instanceof McpError ? reason.error.code : reason?._tag
}
const Person = Schema.Struct({ name: Schema.String, age: Schema.optionalKey(Schema.Int) })

describe("Ask.elicit", () => {
  it.effect("ELIC-10: sends the mode, the message and the form", () =>
    Effect.gen(function* () {
      const { asked, exit } = yield* asking(Ask.elicit("Who?", Person), {
        action: "accept",
        content: { name: "Ada" }
      })
      assert.deepStrictEqual(exit, Exit.succeed({ name: "Ada" }))
      assert.strictEqual(asked[0]?.method, "elicitation/create")
      assert.deepInclude(asked[0]?.params, { mode: "form", message: "Who?" })
    })
  )

  it.effect("ELIC-27: Declined and Cancelled carry a text for the model", () =>
    Effect.gen(function* () {
      const declined = yield* Effect.flip(
        asking(Ask.elicit("Who?", Person), { action: "decline" }).pipe(Effect.flatMap(({ exit }) => exit))
      )
      assert.instanceOf(declined, Ask.Declined)
      assert.include(declined.message, "Who?")
      const cancelled = yield* Effect.flip(
        asking(Ask.elicit("Who?", Person), { action: "cancel" }).pipe(Effect.flatMap(({ exit }) => exit))
      )
      assert.instanceOf(cancelled, Ask.Cancelled)
      assert.include(cancelled.message, "Who?")
    })
  )

  it.effect("ELIC-41: answers are decoded, and what does not fit is -32602", () =>
    Effect.gen(function* () {
      const decoded = yield* asking(Ask.elicit("When?", Schema.Struct({ at: Schema.DateFromString })), {
        action: "accept",
        content: { at: "2026-07-28T00:00:00Z" }
      })
      assert.deepStrictEqual(decoded.exit, Exit.succeed({ at: new Date("2026-07-28T00:00:00Z") }))
      for (const content of [{ age: 1 }, { name: 1 }, { name: "a", age: 1.5 }, [], "x"]) {
        const { exit } = yield* asking(Ask.elicit("Who?", Person), { action: "accept", content })
        assert.strictEqual(code(exit), -32602, JSON.stringify(content))
      }
    })
  )

  it.effect("a field of the prototype's name is not taken from the prototype", () =>
    Effect.gen(function* () {
      const Odd = Schema.Struct({ constructor: Schema.String })
      const { exit } = yield* asking(Ask.elicit("?", Odd), { action: "accept", content: {} })
      assert.strictEqual(code(exit), -32602)
    })
  )

  it.effect("a schema that no form can ask for is a mistake of the program", () =>
    Effect.gen(function* () {
      const nested = Schema.Struct({ inner: Schema.Struct({ a: Schema.String }) })
      // @ts-expect-error a form has one level only
      const { asked, exit } = yield* asking(Ask.elicit("?", nested), { action: "accept", content: {} })
      assert.deepStrictEqual([code(exit), asked.length], ["Die", 0])
    })
  )
})

describe("Ask.elicitUrl", () => {
  it.effect("ELIC-14: sends mode, message and URL", () =>
    Effect.gen(function* () {
      const { asked, exit } = yield* asking(Ask.elicitUrl("Pay", new URL("https://example.com/pay?x=1")), {
        action: "accept"
      })
      assert.deepStrictEqual(exit, Exit.void)
      assert.deepStrictEqual(asked[0]?.params, {
        mode: "url",
        message: "Pay",
        url: "https://example.com/pay?x=1"
      })
    })
  )

  it.effect("ELIC-14: what is no URL is not asked", () =>
    Effect.gen(function* () {
      const { asked, exit } = yield* asking(Ask.elicitUrl("Pay", "not a url"), { action: "accept" })
      assert.deepStrictEqual([code(exit), asked.length], ["Die", 0])
    })
  )
})

describe("What is no page to visit", () => {
  const said = (url: string) =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const log = Logger.make(({ logLevel, message }) => void lines.push(`${logLevel} ${String(message)}`))
      const { asked, exit } = yield* Effect.provide(
        asking(Ask.elicitUrl("Go", url), { action: "accept" }),
        Logger.layer([log])
      )
      return { asked: asked.length, end: code(exit), lines }
    })

  for (const url of ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "ftp://example.com/"]) {
    it.effect(`ELIC-14: ${url} is not asked`, () =>
      Effect.map(said(url), ({ asked, end }) => assert.deepStrictEqual([asked, end], [0, "Die"]))
    )
  }

  for (const url of [
    "https://example.com/",
    "http://localhost:3000/",
    "http://127.0.0.1/",
    "http://[::1]:80/x"
  ]) {
    it.effect(`${url} is asked without a word`, () =>
      Effect.map(said(url), ({ asked, lines }) => assert.deepStrictEqual([asked, lines], [1, []]))
    )
  }

  for (const url of ["http://example.com/", "http://localhost.example.com/", "http://10.0.0.1/"]) {
    it.effect(`ELIC-34: ${url} is asked, and the operator warned`, () =>
      Effect.gen(function* () {
        const { asked, lines } = yield* said(url)
        assert.strictEqual(asked, 1)
        assert.strictEqual(lines.length, 1)
        assert.match(lines[0] ?? "", /^Warn .* without https/)
      })
    )
  }
})

describe("Ask.sample and Ask.roots", () => {
  const user = (content: SamplingMessage["content"]) => ({ role: "user", content }) as const
  const assistant = (content: SamplingMessage["content"]) => ({ role: "assistant", content }) as const
  const text = { type: "text", text: "hi" } as const
  const use = { type: "tool_use", id: "u1", name: "add", input: {} } as const
  const done = { type: "tool_result", toolUseId: "u1", content: [] } as const
  const answer = { role: "assistant", content: text, model: "m", stopReason: "endTurn" }

  it.effect("the message of the model is decoded, its own members kept", () =>
    Effect.gen(function* () {
      const { asked, exit } = yield* asking(Ask.sample({ messages: [user(text)], maxTokens: 5 }), {
        ...answer,
        x: 1
      })
      assert.deepStrictEqual(exit, Exit.succeed({ ...answer, x: 1 }) as never)
      assert.deepStrictEqual(asked, [
        { method: "sampling/createMessage", params: { messages: [user(text)], maxTokens: 5 } }
      ])
    })
  )

  for (const wrong of [
    null,
    {},
    { ...answer, role: "system" },
    { ...answer, model: 5 },
    { ...answer, content: { type: "smell" } }
  ]) {
    it.effect(`MRTR-18: ${JSON.stringify(wrong)} is -32602`, () =>
      Effect.map(asking(Ask.sample({ messages: [user(text)], maxTokens: 5 }), wrong), ({ exit }) =>
        assert.strictEqual(code(exit), -32602)
      )
    )
  }

  it.effect("SAMP-9: a tool use that is answered is sent", () =>
    Effect.map(
      asking(
        Ask.sample({ messages: [user(text), assistant([use]), user([done])], maxTokens: 5, tools: [] }),
        answer
      ),
      ({ asked }) => assert.strictEqual(asked.length, 1)
    )
  )

  const rules: ReadonlyArray<readonly [string, ReadonlyArray<SamplingMessage>]> = [
    ["SAMP-8: tool results beside text", [user(text), assistant([use]), user([done, text])]],
    ["SAMP-9: a tool use without its result", [user(text), assistant([use]), user(text)]],
    ["SAMP-9: a tool use at the end", [user(text), assistant([use])]],
    ["SAMP-10: a result of nothing", [user([done])]]
  ]
  for (const [title, messages] of rules) {
    it.effect(`${title} is not sent`, () =>
      Effect.map(asking(Ask.sample({ messages, maxTokens: 5 }), answer), ({ asked, exit }) =>
        assert.deepStrictEqual([code(exit), asked.length], ["Die", 0])
      )
    )
  }

  it.effect("roots are decoded", () =>
    Effect.gen(function* () {
      const good = yield* asking(Ask.roots, { roots: [{ uri: "file:///a", name: "a" }] })
      assert.deepStrictEqual(good.exit, Exit.succeed([{ uri: "file:///a", name: "a" }]) as never)
      const bad = yield* asking(Ask.roots, { roots: [{ name: "a" }] })
      assert.strictEqual(code(bad.exit), -32602)
    })
  )
})

describe("Question.within", () => {
  const wish = (includeContext: string): Ask.Question => ({
    method: "sampling/createMessage",
    params: { maxTokens: 1, includeContext }
  })
  const able = { sampling: { context: {} } }
  for (const [title, question, capabilities, kept] of [
    [
      "SAMP-7: a context that the client does not include is not wished for",
      wish("thisServer"),
      { sampling: {} },
      false
    ],
    ["SAMP-7: nor are all of them", wish("allServers"), { sampling: { tools: {} } }, false],
    ["SAMP-7: a client that can is asked", wish("allServers"), able, true],
    ["no context may always be wished for", wish("none"), { sampling: {} }, true]
  ] as const) {
    it(title, () => {
      const { params } = Question.within(question, capabilities)
      assert.deepStrictEqual(params, kept ? question.params : { maxTokens: 1 })
    })
  }
})

describe("Question.refusal", () => {
  const elicit = (mode: string): Ask.Question => ({ method: "elicitation/create", params: { mode } })
  const sample = (params: JsonRpc.Params = {}): Ask.Question => ({ method: "sampling/createMessage", params })
  const roots: Ask.Question = { method: "roots/list", params: {} }
  const rows: ReadonlyArray<readonly [string, Ask.Question, JsonRpc.Params, JsonRpc.Params | undefined]> = [
    ["ELIC-3: an empty elicitation means forms", elicit("form"), { elicitation: {} }, undefined],
    [
      "ELIC-4: an empty elicitation does not mean URLs",
      elicit("url"),
      { elicitation: {} },
      { elicitation: { url: {} } }
    ],
    [
      "ELIC-4: URLs do not mean forms",
      elicit("form"),
      { elicitation: { url: {} } },
      { elicitation: { form: {} } }
    ],
    ["ELIC-4: both modes", elicit("url"), { elicitation: { form: {}, url: {} } }, undefined],
    ["META-11: no elicitation", elicit("form"), {}, { elicitation: { form: {} } }],
    ["META-11: no sampling", sample(), {}, { sampling: {} }],
    ["META-11: sampling", sample(), { sampling: {} }, undefined],
    [
      "SAMP-5: tools need sampling.tools",
      sample({ tools: [] }),
      { sampling: {} },
      { sampling: { tools: {} } }
    ],
    ["SAMP-5: so does toolChoice", sample({ toolChoice: {} }), { sampling: {} }, { sampling: { tools: {} } }],
    ["SAMP-4: sampling.tools", sample({ tools: [] }), { sampling: { tools: {} } }, undefined],
    ["ROOT-9: no roots", roots, {}, { roots: {} }],
    ["ROOT-9: roots", roots, { roots: { listChanged: true } }, undefined],
    ["a capability of the prototype is none", roots, Object.create({ roots: {} }), { roots: {} }],
    ["a capability that is no object is none", roots, { roots: true }, { roots: {} }]
  ]
  for (const [title, question, capabilities, required] of rows) {
    it(title, () => {
      const refused = Question.refusal(question, capabilities)
      assert.deepStrictEqual(refused?.data, required && { requiredCapabilities: required })
    })
  }
})
