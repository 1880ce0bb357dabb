/**
 * A question a server puts to its client, what the client must be able to do to be asked it, and the name by which
 * its answer is found again.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr#inputrequests
 */
import * as Hash from "effect/Hash"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"

/** One question, in the shape of an entry of `inputRequests`. */
export interface Question {
  readonly method: "elicitation/create" | "sampling/createMessage" | "roots/list"
  readonly params: JsonRpc.Params
  /** What the question goes by in `inputRequests`; a fingerprint of it by default. */
  readonly name?: string
}

/** Whether a value is a question: what proxied servers and low-level handlers ask is not ours to trust. */
export const isQuestion = (value: unknown): value is Question =>
  JsonRpc.isObject(value) && typeof value["method"] === "string" && capabilityOf.has(value["method"])

const capabilityOf = new Map([
  ["elicitation/create", "elicitation"],
  ["sampling/createMessage", "sampling"],
  ["roots/list", "roots"]
])

/** The error for a question that a client with these capabilities may not be asked; `undefined` if it may. */
export const refusal = (question: Question, capabilities: JsonRpc.Params): McpError.McpError | undefined => {
  const required = requirement(question)
  return covers(capabilities, required) ? undefined : McpError.missingCapability(required)
}

/**
 * The question without what the client did not say it can heed. Contexts of servers are such a wish: nobody must be
 * refused for it.
 */
export const within = (question: Question, capabilities: JsonRpc.Params): Question => {
  const { includeContext, ...params } = question.params
  return includeContext === undefined ||
    includeContext === "none" ||
    covers(capabilities, { sampling: { context: {} } })
    ? question
    : { ...question, params }
}

/** What the client must declare, in the shape of ClientCapabilities. */
const requirement = ({ method, params }: Question): JsonRpc.Params => {
  if (method === "roots/list") return { roots: {} }
  if (method === "elicitation/create")
    return { elicitation: params["mode"] === "url" ? { url: {} } : { form: {} } }
  const tools = params["tools"] !== undefined || params["toolChoice"] !== undefined
  return { sampling: tools ? { tools: {} } : {} }
}

const covers = (capabilities: JsonRpc.Params, required: JsonRpc.Params): boolean =>
  Object.entries(required).every(([name, parts]) => {
    const declared = Object.hasOwn(capabilities, name) ? capabilities[name] : undefined
    if (!JsonRpc.isObject(declared)) return false
    // An elicitation capability that names no mode means forms.
    const modes = name === "elicitation" && !Object.hasOwn(declared, "url") ? { form: {} } : declared
    return Object.keys(parts as JsonRpc.Params).every((part) => Object.hasOwn(modes, part))
  })

/** What tells a question from others, short enough to be the key of its answer. */
export const print = ({ method, params }: Question): string =>
  `${capabilityOf.get(method)}-${(Hash.string(canonical(params)) >>> 0).toString(36)}`

/**
 * Tells equal names apart by how often each was used before. A handler that runs again uses the same names in the
 * same order, and so finds what it left under them. Prints that collide by accident only share a counter.
 */
export const numbering = (): ((name: string) => string) => {
  const used = new Map<string, number>()
  return (name) => {
    const before = used.get(name) ?? 0
    used.set(name, before + 1)
    return before === 0 ? name : `${name}-${before}`
  }
}

/** JSON with the members of objects in one order, so that equal values have equal texts. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    JsonRpc.isObject(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : member
  )
