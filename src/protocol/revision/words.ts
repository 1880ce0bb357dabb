/** Words for writing the changes of a revision. */
import * as JsonRpc from "../JsonRpc.ts"

type Params = JsonRpc.Params
type Rewrite = (value: Params) => Params

/** The value without some members; the value itself where it has none of them. */
export const without =
  (...keys: ReadonlyArray<string>): Rewrite =>
  (value) =>
    keys.some((key) => Object.hasOwn(value, key))
      ? Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))
      : value

/** The value with members it lacks. */
export const withDefaults =
  (defaults: Params): Rewrite =>
  (value) =>
    Object.keys(defaults).every((key) => Object.hasOwn(value, key)) ? value : { ...defaults, ...value }

/** Rewrites the payload of some methods and leaves the others alone. */
export const on =
  (methods: string | ReadonlyArray<string>, rewrite: Rewrite) =>
  (method: string, value: Params): Params =>
    (typeof methods === "string" ? method === methods : methods.includes(method)) ? rewrite(value) : value

/** Rewrites the payload of every method. */
export const always =
  (rewrite: Rewrite) =>
  (_method: string, value: Params): Params =>
    rewrite(value)

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
export const withoutMeta =
  (...keys: ReadonlyArray<string>): Rewrite =>
  (value) => {
    const rewritten = member("_meta", without(...keys))(value)
    if (rewritten === value) return value
    return Object.keys(rewritten["_meta"] as Params).length === 0 ? without("_meta")(rewritten) : rewritten
  }

/** Rewrites everything in the lists a server gives out: tools, prompts, resources and templates. */
export const listed = (rewrite: Rewrite) => {
  const keys: { readonly [method: string]: string } = {
    "tools/list": "tools",
    "prompts/list": "prompts",
    "resources/list": "resources",
    "resources/templates/list": "resourceTemplates"
  }
  return (method: string, value: Params): Params => {
    const key = keys[method]
    return key === undefined ? value : each(key, rewrite)(value)
  }
}

/** Rewrites every content block of a tool's result and of a prompt's messages. */
export const content =
  (rewrite: Rewrite) =>
  (method: string, value: Params): Params => {
    if (method === "tools/call") return each("content", rewrite)(value)
    if (method === "prompts/get") return each("messages", member("content", rewrite))(value)
    return value
  }

/** Gives an error another code and keeps the rest. */
export const recode =
  (from: number, to: number) =>
  (_method: string, fault: JsonRpc.Fault): JsonRpc.Fault =>
    fault.code === from ? { ...fault, code: to } : fault
