/** What the heads of requests must look like at each endpoint, whatever their bodies say. */
import type { Head, Reply } from "../../http/Exchange.ts"
import type { ResponseMode } from "./Answering.ts"
import type { Screen } from "./Door.ts"
import * as Replies from "./Replies.ts"

/** The MCP endpoint. Without sessions there is nothing to GET and nothing to DELETE. */
export const mcp = (mode: ResponseMode, stateless: boolean): Screen => {
  const wanted = mode === "json" ? [json] : mode === "sse" ? [events] : [json, events]
  const post = (head: Head) => screenPost(head, wanted)
  return stateless
    ? of({ POST: post })
    : of({ POST: post, GET: (head) => accepts(head, [events]), DELETE: () => undefined })
}

/** The stream of HTTP+SSE. */
export const stream: Screen = {
  methods: "GET",
  refuse: (head) => only("GET", head) ?? accepts(head, [events])
}

/** Where clients of HTTP+SSE post to. */
export const message: Screen = {
  methods: "POST",
  refuse: (head) => only("POST", head) ?? screenPost(head, [])
}

/** What anybody may read. */
export const document: Screen = { methods: "GET", refuse: (head) => only("GET", head) }

type Rule = (head: Head) => Reply | undefined

const of = (rules: { readonly [method: string]: Rule }): Screen => {
  const methods = Object.keys(rules).join(", ")
  const byMethod = new Map(Object.entries(rules))
  return {
    methods,
    refuse: (head) => {
      const rule = byMethod.get(head.method)
      return rule === undefined ? notAllowed(methods) : rule(head)
    }
  }
}

const only = (method: string, head: Head): Reply | undefined =>
  head.method === method ? undefined : notAllowed(method)

const notAllowed = (allow: string) => Replies.refuse(405, `This endpoint answers to ${allow}`, { allow })

const json = "application/json"
const events = "text/event-stream"

const screenPost = (head: Head, wanted: ReadonlyArray<string>): Reply | undefined => {
  if (!isJson(head.header("content-type"))) {
    return Replies.refuse(415, "The body must be JSON: say Content-Type: application/json")
  }
  return isPlain(head.header("content-encoding")) ? accepts(head, wanted) : encoded
}

/** A small body that grows when it is decoded would get around the limit for bodies. */
const isPlain = (encoding: string | undefined): boolean =>
  encoding === undefined || encoding.toLowerCase() === "identity"

const encoded = Replies.refuse(415, "The body must not be encoded: leave Content-Encoding out", {
  "accept-encoding": "identity"
})

/** Exactly this type, in UTF-8. A type that merely contains the word may come from a form of any page. */
const isJson = (type: string | undefined): boolean =>
  type === json || (type !== undefined && jsonType.test(type))

const jsonType = /^application\/json[\t ]*(?:;[\t ]*charset="?utf-?8"?[\t ]*)?;?$/i

const accepts = (head: Head, wanted: ReadonlyArray<string>): Reply | undefined => {
  const accepted = head.header("accept") ?? ""
  if (wanted.every((type) => accepted.includes(type))) return undefined
  const ranges = accepted.split(",").map((range) => range.split(";", 1)[0]!.trim().toLowerCase())
  const covered = (type: string) =>
    ranges.some((range) => range === type || range === "*/*" || range === `${type.split("/", 1)[0]}/*`)
  return wanted.every(covered)
    ? undefined
    : Replies.refuse(406, `The answer may be ${wanted.join(" or ")}: say Accept: ${wanted.join(", ")}`)
}
