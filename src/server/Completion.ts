/**
 * Suggestions for the argument a person is typing.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/completion
 */
import * as Effect from "effect/Effect"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import type { Catalog } from "./Catalog.ts"
import type { Invocation, Request } from "./Invocation.ts"
import type * as Part from "./Part.ts"
import { didYouMean, nearest } from "./Suggest.ts"
import { isVisible, visible } from "./Visibility.ts"

/** The most values one answer may carry. */
const most = 100

/** Answers `completion/complete`. */
export const complete = <R>(
  catalog: Catalog<R>,
  request: Request["Service"]
): Effect.Effect<Part.Result, McpError.McpError, R | Invocation> => {
  const { argument, context, ref } = request.params
  if (!JsonRpc.isObject(ref))
    return Effect.fail(wrong('"params.ref" must be a reference to a prompt or a resource'))
  if (
    !JsonRpc.isObject(argument) ||
    typeof argument["name"] !== "string" ||
    typeof argument["value"] !== "string"
  ) {
    return Effect.fail(wrong('"params.argument" must have a "name" and a "value", both strings'))
  }
  const { name, value } = argument as { readonly name: string; readonly value: string }
  const settled = settledArguments(context)
  const target = find(catalog, ref)
  if (target === undefined) return noReference(catalog, ref, request)
  return Effect.flatMap(isVisible<R>(target.part, request), (seen) => {
    if (!seen) return noReference(catalog, ref, request)
    if (!target.names.includes(name)) return Effect.fail(noArgument(name, target.names))
    const completers = target.part.complete ?? {}
    const completer = Object.hasOwn(completers, name) ? completers[name] : undefined
    if (completer === undefined) return Effect.succeed(result({ values: [] }))
    return Effect.map(completer(value, settled), result)
  })
}

/** The arguments that have a value already; what is no string is not one of them. */
const settledArguments = (context: unknown): { readonly [argument: string]: string } => {
  const given = JsonRpc.isObject(context) ? context["arguments"] : undefined
  const entries = JsonRpc.isObject(given) ? Object.entries(given) : []
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string")
  )
}

const wrong = (why: string) => McpError.invalidParams(`completion/complete: ${why}`)

const noArgument = (name: string, names: ReadonlyArray<string>) =>
  wrong(`no such argument: ${name}${didYouMean(nearest(name, names))}`)

/** Names the nearest thing the caller may see: what is hidden is not given away by a suggestion. */
const noReference = <R>(
  catalog: Catalog<R>,
  ref: JsonRpc.Params,
  request: Request["Service"]
): Effect.Effect<never, McpError.McpError, R> => {
  const isPrompt = ref["type"] === "ref/prompt"
  const sought = String(isPrompt ? ref["name"] : ref["uri"])
  const parts = isPrompt ? catalog.prompts.values() : catalog.templates.values()
  return Effect.flatMap(visible<R, Part.Listed<R>>([...parts], request), (seen) => {
    const names = seen.map(({ descriptor }) => String(descriptor[isPrompt ? "name" : "uriTemplate"]))
    return Effect.fail(wrong(`no such reference: ${sought}${didYouMean(nearest(sought, names))}`))
  })
}

interface Target<R> {
  readonly part: {
    readonly visible?: Part.Visible<R>
    readonly complete?: { readonly [name: string]: Part.Complete<R> }
  }
  readonly names: ReadonlyArray<string>
}

const find = <R>(catalog: Catalog<R>, ref: JsonRpc.Params): Target<R> | undefined => {
  if (ref["type"] === "ref/prompt") {
    const prompt = catalog.prompts.get(String(ref["name"]))
    return prompt && { part: prompt, names: argumentNames(prompt.descriptor) }
  }
  if (ref["type"] !== "ref/resource") return undefined
  const uri = String(ref["uri"])
  const template = catalog.templates.get(uri)
  if (template !== undefined) return { part: template, names: template.variables }
  const resource = catalog.resources.get(uri)
  return resource && { part: resource, names: [] }
}

const argumentNames = (descriptor: JsonRpc.Params) =>
  Array.isArray(descriptor["arguments"])
    ? descriptor["arguments"].map((argument) => String(argument.name))
    : []

const result = ({ hasMore, total, values }: Part.Completion): Part.Result => {
  const shown = values.slice(0, most)
  const all = total ?? values.length
  // Who says that there is more, but not how much, does not know how many there are.
  const counted = total !== undefined || hasMore !== true
  return {
    completion: {
      values: shown,
      ...(counted ? { total: all } : {}),
      hasMore: shown.length < values.length || (hasMore ?? shown.length < all)
    }
  }
}
