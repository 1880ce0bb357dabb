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
  const sought = reference(ref)
  if (sought === undefined)
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
  const target = find(catalog, sought)
  if (target === undefined) return noReference(catalog, sought, request)
  return Effect.flatMap(isVisible<R>(target.part, request), (seen) => {
    if (!seen) return noReference(catalog, sought, request)
    if (!target.names.includes(name)) return Effect.fail(noArgument(name, target.names))
    const completers = target.part.complete ?? {}
    const completer = Object.hasOwn(completers, name) ? completers[name] : undefined
    if (completer === undefined) return Effect.succeed(result({ values: [] }))
    return Effect.map(completer(value, settled), result)
  })
}

/** What the argument belongs to: a prompt by its name, or a resource or a template by its URI. */
interface Reference {
  readonly isPrompt: boolean
  readonly key: string
}

const reference = (ref: unknown): Reference | undefined => {
  if (!JsonRpc.isObject(ref)) return undefined
  const isPrompt = ref["type"] === "ref/prompt"
  const key = isPrompt ? ref["name"] : ref["type"] === "ref/resource" ? ref["uri"] : undefined
  return typeof key === "string" ? { isPrompt, key } : undefined
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
  { isPrompt, key }: Reference,
  request: Request["Service"]
): Effect.Effect<never, McpError.McpError, R> => {
  const parts = isPrompt ? catalog.prompts.values() : catalog.templates.values()
  return Effect.flatMap(visible<R, Part.Listed<R>>([...parts], request), (seen) => {
    const names = seen.map(({ descriptor }) => String(descriptor[isPrompt ? "name" : "uriTemplate"]))
    return Effect.fail(wrong(`no such reference: ${key}${didYouMean(nearest(key, names))}`))
  })
}

interface Target<R> {
  readonly part: {
    readonly visible?: Part.Visible<R>
    readonly complete?: { readonly [name: string]: Part.Complete<R> }
  }
  readonly names: ReadonlyArray<string>
}

const find = <R>(catalog: Catalog<R>, { isPrompt, key }: Reference): Target<R> | undefined => {
  if (isPrompt) {
    const prompt = catalog.prompts.get(key)
    return prompt && { part: prompt, names: argumentNames(prompt.descriptor) }
  }
  const template = catalog.templates.get(key)
  if (template !== undefined) return { part: template, names: template.variables }
  const resource = catalog.resources.get(key)
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
