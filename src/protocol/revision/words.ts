/** Words for writing the changes of a revision. */
import * as JsonRpc from "../JsonRpc.ts"

type Params = JsonRpc.Params
type Rewrite = (value: Params) => Params
/** Rewrites the payload of a method. */
type Rewriting = (method: string, value: Params) => Params

/** The value without some members; the value itself where it has none of them. */
export const without =
  (...keys: ReadonlyArray<string>): Rewrite =>
  (value) =>
    keys.reduce(omit, value)

const omit = (value: Params, key: string): Params => {
  if (!Object.hasOwn(value, key)) return value
  const { [key]: _, ...rest } = value
  return rest
}

/** The value with members it lacks. */
export const withDefaults =
  (defaults: Params): Rewrite =>
  (value) =>
    Object.keys(defaults).every((key) => Object.hasOwn(value, key)) ? value : { ...defaults, ...value }

/** Rewrites the payload of some methods and leaves the others alone. */
export const on =
  (methods: string | ReadonlyArray<string>, rewrite: Rewrite): Rewriting =>
  (method, value) =>
    (typeof methods === "string" ? method === methods : methods.includes(method)) ? rewrite(value) : value

/** Rewrites the payload of every method. */
export const always =
  (rewrite: Rewrite): Rewriting =>
  (_method, value) =>
    rewrite(value)

/** Rewrites a payload in steps, each of which may mind other methods. */
export const steps =
  (...rewritings: ReadonlyArray<Rewriting>): Rewriting =>
  (method, value) =>
    rewritings.reduce((current, rewriting) => rewriting(method, current), value)

/** Rewrites one member that is an object. */
export const member =
  (key: string, rewrite: Rewrite): Rewrite =>
  (value) => {
    const inner = Object.hasOwn(value, key) ? value[key] : undefined
    if (!JsonRpc.isObject(inner)) return value
    const rewritten = rewrite(inner)
    return rewritten === inner ? value : { ...value, [key]: rewritten }
  }

/** Rewrites each object in a member that is a list. */
export const each =
  (key: string, rewrite: Rewrite): Rewrite =>
  (value) => {
    const items = Object.hasOwn(value, key) ? value[key] : undefined
    return Array.isArray(items)
      ? { ...value, [key]: items.map((item) => (JsonRpc.isObject(item) ? rewrite(item) : item)) }
      : value
  }

/** One rewrite after the other. */
export const all =
  (...rewrites: ReadonlyArray<Rewrite>): Rewrite =>
  (value) =>
    rewrites.reduce((current, rewrite) => rewrite(current), value)

/** Rewrites where a condition holds. */
export const when =
  (condition: (value: Params) => boolean, rewrite: Rewrite): Rewrite =>
  (value) =>
    condition(value) ? rewrite(value) : value

/** Takes keys out of `_meta`, and `_meta` itself once it is empty. */
export const withoutMeta = (...keys: ReadonlyArray<string>): Rewrite => {
  const rewrite = without(...keys)
  return (value) => {
    const meta = Object.hasOwn(value, "_meta") ? value["_meta"] : undefined
    if (!JsonRpc.isObject(meta)) return value
    const rewritten = rewrite(meta)
    if (rewritten === meta) return value
    return Object.keys(rewritten).length === 0 ? omit(value, "_meta") : { ...value, _meta: rewritten }
  }
}

/** Rewrites everything in the lists a server gives out: tools, prompts, resources and templates. */
export const listed = (rewrite: Rewrite): Rewriting =>
  steps(
    on("tools/list", each("tools", rewrite)),
    on("prompts/list", each("prompts", rewrite)),
    on("resources/list", each("resources", rewrite)),
    on("resources/templates/list", each("resourceTemplates", rewrite))
  )

/** Rewrites every content block of a tool's result and of a prompt's messages. */
export const content = (rewrite: Rewrite): Rewriting =>
  steps(
    on("tools/call", each("content", rewrite)),
    on("prompts/get", each("messages", member("content", rewrite)))
  )

/** Gives an error another code and keeps the rest. */
export const recode =
  (from: number, to: number) =>
  (_method: string, fault: JsonRpc.Fault): JsonRpc.Fault =>
    fault.code === from ? { ...fault, code: to } : fault
