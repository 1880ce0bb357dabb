/** Arguments as a command line writes them: `key=value`, read as the schema of the tool says, or one JSON object. */
import * as Effect from "effect/Effect"
import type * as JsonRpc from "../../protocol/JsonRpc.ts"
import { nearest } from "../../server/Suggest.ts"
import * as Failure from "../Failure.ts"
import { isRecord, record } from "../hosts/Format.ts"
import * as Signature from "../show/Signature.ts"
import * as Alternatives from "./Alternatives.ts"

export type Values = { readonly [name: string]: unknown }

/** Whether a word of the command line is meant as JSON. */
export const isJson = (word: string): boolean => word.trimStart().startsWith("{")

/** The arguments among the words of a command line. */
export const given = (words: ReadonlyArray<string>): Effect.Effect<Values, Failure.Failure> =>
  Effect.map(Effect.forEach(words.filter(isJson), json), (all): Values => Object.assign({}, ...all))

const json = (text: string): Effect.Effect<Values, Failure.Failure> =>
  Effect.try({
    try: (): unknown => JSON.parse(text, exactly),
    catch: (error) =>
      Failure.usage(`The arguments are no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }).pipe(
    Effect.flatMap((value) =>
      isRecord(value) ? Effect.succeed(value) : Effect.fail(Failure.usage("The arguments are no JSON object"))
    )
  )

/** Pairs with values that are text whatever they look like, as prompts and templates take them. */
export const texts = (pairs: ReadonlyArray<string>) =>
  Effect.map(Effect.forEach(pairs, pair), (entries): { readonly [name: string]: string } =>
    Object.fromEntries(entries)
  )

/** Pairs, each read as what the schema says about its name. A name that comes again makes a list. */
export const typed = Effect.fnUntraced(function* (pairs: ReadonlyArray<string>, schema: JsonRpc.Params) {
  const properties = record(schema["properties"])
  const values = new Map<string, unknown>()
  for (const [name, text] of yield* Effect.forEach(pairs, pair)) {
    if (!Object.hasOwn(properties, name) && schema["additionalProperties"] === false)
      return yield* unknown(name, properties, schema)
    const options = Alternatives.of(properties[name], schema)
    const value = yield* read(name, text, options, schema)
    const before = values.get(name)
    const more = options.some(({ type }) => type === "array") && Array.isArray(before) && Array.isArray(value)
    values.set(name, more ? [...before, ...value] : value)
  }
  return Object.fromEntries(values) as Values
})

const pair = (text: string) => {
  const at = text.indexOf("=")
  return at < 1
    ? Effect.fail(Failure.usage(`--arg takes NAME=VALUE, and this is ${JSON.stringify(text)}`))
    : Effect.succeed([text.slice(0, at), text.slice(at + 1)] as const)
}

const unknown = (name: string, properties: Values, schema: JsonRpc.Params) => {
  const meant = nearest(name, Object.keys(properties))
  return Failure.usage(
    `There is no argument ${name}`,
    meant === undefined ? `The arguments are ${Signature.of(schema) || "none"}` : `Did you mean ${meant}?`
  )
}

const wrong = (name: string, text: string, what: string) =>
  Effect.fail(Failure.usage(`${name} has to be ${what}, and ${JSON.stringify(text)} is none`))

/**
 * Where a schema allows several things, words are what they look like, as far as that is allowed; what may be text is
 * text otherwise.
 */
const read = (
  name: string,
  text: string,
  options: ReadonlyArray<Values>,
  schema: JsonRpc.Params
): Effect.Effect<unknown, Failure.Failure> => {
  const [first = {}, ...others] = options
  if (others.length === 0) return readOne(name, text, first, schema)
  const parsed = parse(text)
  const fitting = options.find(({ type }) => fits(parsed, type))
  if (fitting !== undefined) return Effect.succeed(parsed)
  return options.some(({ type }) => type === "string" || type === undefined)
    ? Effect.succeed(text)
    : readOne(name, text, options.find(({ type }) => type !== "null") ?? first, schema)
}

const fits = (value: unknown, type: unknown): boolean => {
  if (value === undefined || value instanceof Inexact) return false
  switch (type) {
    case "null":
      return value === null
    case "array":
      return Array.isArray(value)
    case "object":
      return isRecord(value)
    case "integer":
      return Number.isInteger(value)
    case "string":
      return false
    case undefined:
      return true
    default:
      return typeof value === type
  }
}

const readOne = (
  name: string,
  text: string,
  property: Values,
  schema: JsonRpc.Params
): Effect.Effect<unknown, Failure.Failure> => {
  const parsed = parse(text)
  const inexact = () => wrong(name, text, "something JSON can say exactly")
  switch (property["type"]) {
    case "string":
      return Effect.succeed(text)
    case "number":
    case "integer":
      if (text.trim() === "" || !Number.isFinite(Number(text))) return wrong(name, text, "a number")
      return parsed instanceof Inexact ? inexact() : Effect.succeed(Number(text))
    case "boolean":
      if (/^(?:true|yes|y)$/i.test(text)) return Effect.succeed(true)
      return /^(?:false|no|n)$/i.test(text) ? Effect.succeed(false) : wrong(name, text, "yes or no")
    case "array":
      return Effect.map(
        Array.isArray(parsed)
          ? Effect.succeed(parsed)
          : Effect.map(read(name, text, Alternatives.of(property["items"], schema), schema), (item) => [
              item
            ]),
        (list): unknown => list
      )
    case "object":
      return isRecord(parsed) && !(parsed instanceof Inexact)
        ? Effect.succeed(parsed)
        : wrong(name, text, "a JSON object")
    default:
      if (parsed instanceof Inexact) return inexact()
      return Effect.succeed(parsed === undefined ? text : parsed)
  }
}

/** A number that would arrive as another one. */
class Inexact extends Error {}

const exactly = (_: string, value: unknown, context?: { readonly source?: string }): unknown => {
  const source = context?.source
  if (typeof value !== "number" || source === undefined) return value
  if (!Number.isFinite(value) || (/^-?\d+$/.test(source) && BigInt(source) !== BigInt(value)))
    throw new Inexact(`${source} would arrive as ${value}`)
  return value
}

/** JSON, if it is. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text, exactly)
  } catch (error) {
    return error instanceof Inexact ? error : undefined
  }
}
