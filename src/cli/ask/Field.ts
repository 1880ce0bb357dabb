/**
 * A property of a form, as something a person can be asked for: how it is called, what may be answered, and how an
 * answer in words becomes a value.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation#requested-schema
 */
import * as Result from "effect/Result"
import * as Form from "../../client/Form.ts"
import type * as JsonRpc from "../../protocol/JsonRpc.ts"
import { isRecord, record } from "../hosts/Format.ts"

export type Value = string | number | boolean | ReadonlyArray<string>

export interface Choice {
  readonly value: string
  readonly title: string
}

export interface Field {
  readonly name: string
  readonly title: string
  readonly description: string | undefined
  readonly required: boolean
  readonly initial: Value | undefined
  readonly kind: "text" | "number" | "boolean" | "choice" | "choices"
  readonly choices: ReadonlyArray<Choice>
  /** What is expected, in a few words. */
  readonly expects: string
  /** What is wrong with a value, if anything. */
  readonly problem: (value: Value) => string | undefined
}

/** The fields of a form in its order. */
export const of = (schema: JsonRpc.Params): ReadonlyArray<Field> => {
  const required = Array.isArray(schema["required"]) ? schema["required"] : []
  return Object.entries(record(schema["properties"])).map(([name, property]) =>
    field(name, record(property), required.includes(name))
  )
}

const field = (name: string, property: JsonRpc.Params, required: boolean): Field => {
  const choices = choicesOf(property)
  const kind = kindOf(property, choices)
  const { default: initial, description, title } = property
  return {
    name,
    title: typeof title === "string" ? title : name,
    description: typeof description === "string" ? description : undefined,
    required,
    initial: isValue(initial) ? initial : undefined,
    kind,
    choices,
    expects: expected(kind, property, choices),
    problem: (value) =>
      Form.problems({ properties: { [name]: property } }, { [name]: value })[0]?.slice(name.length + 3)
  }
}

const kindOf = (property: JsonRpc.Params, choices: ReadonlyArray<Choice>): Field["kind"] => {
  switch (property["type"]) {
    case "boolean":
      return "boolean"
    case "number":
    case "integer":
      return "number"
    case "array":
      return "choices"
    default:
      return choices.length > 0 ? "choice" : "text"
  }
}

const choicesOf = (property: JsonRpc.Params): ReadonlyArray<Choice> => {
  const source = property["type"] === "array" ? record(property["items"]) : property
  const titled = source["oneOf"] ?? source["anyOf"]
  if (Array.isArray(titled)) {
    return titled.filter(isRecord).map(({ const: value, title }) => ({
      value: String(value),
      title: typeof title === "string" ? title : String(value)
    }))
  }
  const plain = source["enum"]
  const names: unknown = source["enumNames"]
  return Array.isArray(plain)
    ? plain.map((value, index) => ({
        value: String(value),
        title: Array.isArray(names) && typeof names[index] === "string" ? names[index] : String(value)
      }))
    : []
}

const isValue = (value: unknown): value is Value =>
  ["string", "number", "boolean"].includes(typeof value) ||
  (Array.isArray(value) && value.every((item) => typeof item === "string"))

const expected = (kind: Field["kind"], property: JsonRpc.Params, choices: ReadonlyArray<Choice>): string => {
  const bounds = (lower: unknown, upper: unknown, unit = "") => {
    const [least, most] = [lower, upper].map((bound) =>
      Math.abs(Number(bound)) < 2 ** 53 - 1 ? bound : undefined
    )
    if (least !== undefined && most !== undefined) return ` from ${String(least)} to ${String(most)}${unit}`
    if (least !== undefined) return ` from ${String(least)}${unit}`
    return most === undefined ? "" : ` up to ${String(most)}${unit}`
  }
  switch (kind) {
    case "boolean":
      return "y or n"
    case "number":
      return `${String(property["type"])}${bounds(property["minimum"], property["maximum"])}`
    case "choice":
      return choices.map(({ value }) => value).join(", ")
    case "choices":
      return `any of ${choices.map(({ value }) => value).join(", ")}, separated by commas`
    case "text":
      return `${typeof property["format"] === "string" ? property["format"] : "text"}${bounds(property["minLength"], property["maxLength"], " characters")}`
  }
}

/** Reads an answer in words. No words are the default, or leave the field out; `undefined` is left out. */
export const parse = (self: Field, words: string): Result.Result<Value | undefined, string> => {
  const text = words.trim()
  if (text === "") {
    return self.initial === undefined && self.required
      ? Result.fail("must be answered")
      : Result.succeed(self.initial)
  }
  const value = read(self, text)
  const problem = value === undefined ? `must be ${self.expects}` : self.problem(value)
  return problem === undefined ? Result.succeed(value) : Result.fail(problem)
}

const read = ({ choices, kind }: Field, text: string): Value | undefined => {
  const choice = (word: string) =>
    choices.find(({ value }) => value === word) ??
    choices.find(({ title, value }) =>
      [title, value].some((each) => each.toLowerCase() === word.toLowerCase())
    )
  switch (kind) {
    case "boolean":
      return /^(?:y|yes|true|1)$/i.test(text) ? true : /^(?:n|no|false|0)$/i.test(text) ? false : undefined
    case "number":
      return Number(text)
    case "choice":
      return choice(text)?.value
    case "choices": {
      const found = text.split(",").map((word) => choice(word.trim())?.value)
      return found.every((value) => value !== undefined) ? found : undefined
    }
    case "text":
      return text
  }
}

/** A value in the words that mean it. */
export const print = (value: Value): string =>
  typeof value === "boolean" ? (value ? "y" : "n") : Array.isArray(value) ? value.join(", ") : String(value)
