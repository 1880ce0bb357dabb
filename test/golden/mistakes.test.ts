import { assert, describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { call, toolOf } from "../server/ToolCall.ts"
import { type Mistake, mistakes, secret, tools } from "./mistakes.ts"

const find = (name: string) => tools.find((part) => toolOf(part).descriptor.name === name)!

/** What the peer is told; a defect leaves the tool as a defect, and the edge hides it. */
const told = (mistake: Mistake, version: string) =>
  Effect.map(Effect.exit(call(find(mistake.tool), mistake.arguments, version)), (exit) => {
    if (Exit.isSuccess(exit)) return exit.value
    const [reason] = exit.cause.reasons
    return reason?._tag === "Fail" ? { error: reason.error.fault } : { defect: "hidden by the edge" }
  })

const page = (mistake: Mistake) =>
  Effect.gen(function* () {
    const newest = yield* told(mistake, "2026-07-28")
    const older = yield* told(mistake, "2025-06-18")
    return [
      `# ${mistake.title}`,
      `${mistake.tool} ${JSON.stringify(mistake.arguments) ?? "without arguments"}`,
      ...show(newest),
      ...before(newest, older)
    ].join("\n")
  })

/** What changed with 2025-11-25: the same words in another envelope. */
const before = (newest: object, older: object): ReadonlyArray<string> => {
  if (JSON.stringify(newest) === JSON.stringify(older)) return []
  assert.isTrue("error" in older && "content" in newest)
  const { code, message } = (older as { readonly error: { readonly code: number; readonly message: string } }).error
  assert.deepStrictEqual<unknown>((newest as { readonly content: unknown }).content, [{ type: "text", text: message }])
  return [`until 2025-06-18: error ${code} with the same text`]
}

const show = (answer: object): ReadonlyArray<string> => {
  const { content, isError, resultType: _, ...rest } = answer as {
    readonly content?: ReadonlyArray<{ readonly text: string }>
    readonly isError?: boolean
    readonly resultType?: string
  }
  const lines = (content ?? []).flatMap(({ text }) => text.split("\n").map((line) => `  | ${line}`))
  return [...(isError === true ? ["isError"] : []), ...lines, ...(Object.keys(rest).length === 0 ? [] : [JSON.stringify(rest)])]
}

describe("mistakes", () => {
  it.effect("S048: what the model reads for each of them is what it was", () =>
    Effect.gen(function* () {
      assert.isAtLeast(mistakes.length, 30)
      const pages = yield* Effect.forEach(mistakes, page)
      yield* Effect.promise(() => expect(`${pages.join("\n\n")}\n`).toMatchFileSnapshot("./mistakes.txt"))
    })
  )

  it.effect("S048: none of them succeeds", () =>
    Effect.forEach(mistakes, (mistake) =>
      Effect.map(told(mistake, "2026-07-28"), (answer) =>
        assert.isFalse("content" in answer && !("isError" in answer), mistake.title)
      )
    )
  )

  it.effect("what a defect says is in no answer of any revision", () =>
    Effect.forEach(mistakes, (mistake) =>
      Effect.forEach(["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"], (version) =>
        Effect.map(told(mistake, version), (answer) => assert.notInclude(JSON.stringify(answer), secret, mistake.title))
      )
    )
  )
})
