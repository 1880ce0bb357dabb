/**
 * What a model reads when a call of a tool fails: which argument, what was sent, what would do. Nothing of the
 * server's inside is in it.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/tools#error-handling
 */
import { failureKey } from "../Contract.ts"
import type { Document, Problem } from "../JsonSchema.ts"
import { descend } from "../JsonSchema.ts"
import { at } from "../jsonschema/Keywords.ts"
import { phrase, place, short } from "../jsonschema/Phrase.ts"
import { isObject } from "../protocol/JsonRpc.ts"
import type { Result } from "./Part.ts"
import { nearest } from "./Suggest.ts"

/** A result that says, in text for the model, that the call failed. */
export const result = (text: string, failure?: unknown): Result => ({
  resultType: "complete",
  content: [{ type: "text", text }],
  isError: true,
  ...(failure === undefined ? {} : { _meta: { [failureKey]: failure } })
})

/** One line for each problem, at most ten, and what the tool takes when a name was unknown. */
export const badArguments = (
  tool: string,
  schema: Document,
  sent: unknown,
  problems: ReadonlyArray<Problem>
): string => {
  const lines = problems.slice(0, most).map((problem) => `- ${sentence(schema, sent, problem)}`)
  const more = problems.length > most ? [`- and ${problems.length - most} more problems`] : []
  const known = problems.some(({ kind }) => kind === "unknown") ? [takes(schema)] : []
  return [`The arguments do not fit the tool "${tool}":`, ...lines, ...more, ...known].join("\n")
}

const most = 10

const sentence = (schema: Document, sent: unknown, problem: Problem): string => {
  const where = problem.path.length === 0 ? "the arguments" : `"${place(problem.path)}"`
  if (problem.kind === "unknown") return `${where} is not known${hint(schema, problem.path)}`
  const wanted = wantedAt(descend(schema, problem.path), problem.message)
  const value = valueAt(sent, problem.path)
  if (value === absent) return `${where} is missing${wanted === undefined ? "" : `: it must be ${wanted}`}`
  return `${where} must be ${wanted ?? "another value"}, but ${short(value)} was sent`
}

/** What would do, from the JSON Schema and, where that says less, from the check that failed. */
const wantedAt = (schema: Document | undefined, message: string | undefined): string | undefined => {
  const words = phrase(schema)
  const known = schema?.["format"] !== undefined || schema?.["contentEncoding"] !== undefined
  const more = message?.startsWith("expected ") === true && known ? undefined : message
  if (words === undefined) return more
  return more === undefined ? words : `${words} (${more})`
}

/** The name that was probably meant. */
const hint = (schema: Document, path: ReadonlyArray<PropertyKey>): string => {
  const siblings = namesOf(descend(schema, path.slice(0, -1)))
  const meant = nearest(String(path[path.length - 1]), siblings)
  return meant === undefined ? "" : `: did you mean "${meant}"?`
}

const takes = (schema: Document): string => {
  const required = Array.isArray(schema["required"]) ? schema["required"] : []
  const names = namesOf(schema).map((name) => (required.includes(name) ? name : `${name} (optional)`))
  return names.length === 0 ? "It takes no arguments." : `It takes: ${names.slice(0, 30).join(", ")}.`
}

const namesOf = (schema: Document | undefined): ReadonlyArray<string> => {
  const properties = at(schema, "/properties")
  return isObject(properties) ? Object.keys(properties) : []
}

const absent = Symbol("absent")

const valueAt = (value: unknown, path: ReadonlyArray<PropertyKey>): unknown => {
  let found = value
  for (const key of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return absent
    found = (found as { readonly [key: PropertyKey]: unknown })[key]
  }
  return found
}

/**
 * A declared failure for the model: what kind it is, its message, and its fields as JSON. A field named `cause` is
 * for the operator and stays here.
 */
export const failed = (error: unknown, encoded: unknown): Result => {
  if (!isObject(encoded))
    return result(typeof encoded === "string" ? encoded : (JSON.stringify(encoded) ?? ""), encoded)
  const { cause: _cause, ...data } = encoded
  const { _tag: tag, message: _message, ...fields } = data
  const said = messageOf(error)
  const title = [typeof tag === "string" ? tag : undefined, said]
    .filter((word) => word !== undefined)
    .join(": ")
  const details = Object.keys(fields).length === 0 ? undefined : JSON.stringify(fields)
  const text = [title === "" ? "The tool failed" : title, details]
    .filter((line) => line !== undefined)
    .join("\n")
  return result(text, data)
}

const messageOf = (error: unknown): string | undefined =>
  typeof error === "object" &&
  error !== null &&
  "message" in error &&
  typeof error.message === "string" &&
  error.message !== ""
    ? error.message
    : undefined

/** The user was asked something in the middle of the call and did not answer. */
export const unanswered = ({
  _tag,
  message
}: {
  readonly _tag: "Declined" | "Cancelled"
  readonly message?: string
}) => {
  const what = _tag === "Declined" ? "declined to answer" : "dismissed"
  const question = message === undefined || message === "" ? "" : ` (${message})`
  return result(`The user ${what} a question this tool needs answered${question}. Nothing more was done.`)
}

export const timedOut = (tool: string, milliseconds: number): Result =>
  result(
    `The tool "${tool}" did not finish within ${milliseconds / 1000} s and was stopped. It may be worth trying again with less to do.`
  )
