/**
 * Results that stay the same for as long as they exist, such as the list of a server's tools: each is translated
 * once per revision and written as JSON once. What they were made into is remembered on the result itself and goes
 * away with it; a copy of the result is an ordinary one.
 */
import type * as JsonRpc from "./JsonRpc.ts"

type Translate = (method: string, result: JsonRpc.Params) => JsonRpc.Params

/** What became of a result so far. */
interface Made {
  json: string | undefined
  readonly translated: Array<{
    readonly translate: Translate
    readonly method: string
    readonly result: JsonRpc.Params
  }>
}

const made: unique symbol = Symbol("mcp-effect/protocol/Kept")

const of = (result: JsonRpc.Params): Made | undefined => (result as { readonly [made]?: Made })[made]

/** Says that a result will not change any more. Neither copies nor JSON show that it was said. */
export const keep = (result: JsonRpc.Params): JsonRpc.Params =>
  of(result) === undefined
    ? Object.defineProperty(result, made, { value: { json: undefined, translated: [] } satisfies Made })
    : result

/** Translates a result, a kept one only the first time. */
export const translate = (translate: Translate, method: string, result: JsonRpc.Params): JsonRpc.Params => {
  const translated = of(result)?.translated
  if (translated === undefined) return translate(method, result)
  const before = translated.find((entry) => entry.translate === translate && entry.method === method)
  if (before !== undefined) return before.result
  const now = keep(translate(method, result))
  translated.push({ translate, method, result: now })
  return now
}

/** Writes a message as JSON, the result of a kept one only the first time. */
export const write = (message: JsonRpc.Message): string => {
  const kept = "result" in message ? of(message.result) : undefined
  if (kept === undefined) return JSON.stringify(message)
  const { id, result } = message as JsonRpc.Success
  kept.json ??= JSON.stringify(result)
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${kept.json}}`
}
