/**
 * What the tools of a server promise about their answers, as far as the client has seen their list, and whether an
 * answer keeps the promise.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/tools#output-schema
 */
import * as Effect from "effect/Effect"
import * as JsonSchema from "../JsonSchema.ts"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as PeerText from "../protocol/PeerText.ts"
import { InvalidResponse } from "./ClientError.ts"

export interface OutputSchemas {
  /** Takes in tools as they were listed. */
  readonly learn: (tools: ReadonlyArray<unknown>) => void
  /** Fails when the result of a tool does not fit its schema. A tool that was never listed promises nothing. */
  readonly check: (tool: string, result: JsonRpc.Params) => Effect.Effect<void, InvalidResponse>
}

interface Promised {
  readonly schema: JsonSchema.Document
  validate?: Effect.Effect<JsonSchema.Validate, JsonSchema.UnusableSchema>
}

/** More tools than any server has; beyond that those that were listed longest ago are forgotten. */
const most = 10_000

export const make = (): OutputSchemas => {
  const promised = new Map<string, Promised>()
  return {
    learn: (tools) => {
      for (const tool of tools) {
        if (!JsonRpc.isObject(tool) || typeof tool["name"] !== "string") continue
        const schema = tool["outputSchema"]
        promised.delete(tool["name"])
        if (JsonRpc.isObject(schema)) promised.set(tool["name"], { schema })
      }
      for (const oldest of promised.keys()) {
        if (promised.size <= most) break
        promised.delete(oldest)
      }
    },
    check: (tool, result) => {
      const promise = promised.get(tool)
      if (promise === undefined || result["isError"] === true) return Effect.void
      if (!Object.hasOwn(result, "structuredContent")) {
        return misfit(tool, "it has an output schema, and the answer no structured content", [])
      }
      promise.validate ??= JsonSchema.validator(promise.schema)
      return promise.validate.pipe(
        Effect.flatMap((validate) => {
          const [problem] = validate(result["structuredContent"])
          if (problem === undefined) return Effect.void
          const place = problem.path.map((key) => (typeof key === "symbol" ? String(key) : key))
          return misfit(
            tool,
            `${problem.kind} value at /${place.join("/")} ${problem.message ?? ""}`.trim(),
            place
          )
        }),
        // A schema this client cannot use proves nothing about the answer.
        Effect.catchTag("UnusableSchema", (error) =>
          Effect.logDebug(PeerText.line(`${tool}: ${error.message}`))
        )
      )
    }
  }
}

const misfit = (tool: string, what: string, path: ReadonlyArray<string | number>) =>
  Effect.fail(
    new InvalidResponse({
      message: `The answer of the tool ${tool} does not fit its output schema: ${what}`,
      method: "tools/call",
      path: ["structuredContent", ...path]
    })
  )
