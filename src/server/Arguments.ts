/** From the arguments a model sent to what a handler gets, or to a list of what is wrong with them. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import type * as Contract from "../Contract.ts"
import { argumentNames, inputSchema } from "../Contract.ts"
import type { Document, Problem } from "../JsonSchema.ts"
import { alternatives, codec } from "../JsonSchema.ts"
import { ofIssue } from "../jsonschema/Problem.ts"
import { isObject, type Params } from "../protocol/JsonRpc.ts"

/** The arguments do not fit. Holds them, as far as they could be repaired, and everything that is wrong with them. */
export class BadArguments {
  readonly sent: unknown
  readonly problems: ReadonlyArray<Problem>
  constructor(sent: unknown, problems: ReadonlyArray<Problem>) {
    this.sent = sent
    this.problems = problems
  }
}

export interface Options {
  /** Whether a name the tool does not know is refused, the default, or dropped. */
  readonly unknownArguments?: "refuse" | "ignore"
  /** Whether a string that holds JSON stands for the value it holds where no string is wanted. On by default. */
  readonly lenient?: boolean
}

export interface Reader {
  readonly schema: Document
  /** Decodes with what was compiled here. Missing arguments are no arguments. */
  readonly read: (sent: unknown) => Effect.Effect<unknown, BadArguments, unknown>
}

export const reader = (tool: Contract.Any, options: Options = {}): Reader => {
  const schema = inputSchema(tool, options.unknownArguments)
  const names = options.unknownArguments === "ignore" ? undefined : argumentNames(tool)
  const input = codec(tool.input)
  const decode = Schema.decodeUnknownEffect(input)
  const explain = Schema.decodeUnknownEffect(input, { errors: "all" })

  const second = (value: unknown, rounds: number): Effect.Effect<unknown, BadArguments, unknown> =>
    Effect.matchEffect(explain(value), {
      onSuccess: (decoded) => refuse(unknownNames(value, names), value, decoded),
      onFailure: ({ issue }) => {
        const problems = ofIssue(issue)
        const repaired = rounds > 0 ? repair(schema, value, problems) : undefined
        return repaired === undefined
          ? Effect.fail(new BadArguments(value, [...problems, ...unknownNames(value, names)]))
          : second(repaired, rounds - 1)
      }
    })

  const again = (value: unknown) => second(value, options.lenient === false ? 0 : 3)
  return {
    schema,
    read: (sent) => {
      const value = sent ?? {}
      if (names !== undefined && hasUnknown(value, names)) return again(value)
      const decoded = decode(value)
      // Schemas without effects have decoded already: no reason to run anything.
      if (Exit.isExit(decoded) && Exit.isSuccess(decoded)) return Effect.succeed(decoded.value)
      return Effect.catch(decoded, () => again(value))
    }
  }
}

const refuse = (problems: ReadonlyArray<Problem>, sent: unknown, decoded: unknown) =>
  problems.length === 0 ? Effect.succeed(decoded) : Effect.fail(new BadArguments(sent, problems))

const hasUnknown = (value: unknown, names: ReadonlySet<string>): boolean => {
  for (const name in value as object) if (!names.has(name)) return true
  return false
}

const unknownNames = (value: unknown, names: ReadonlySet<string> | undefined): ReadonlyArray<Problem> =>
  names === undefined || !isObject(value)
    ? []
    : Object.keys(value)
        .filter((name) => !names.has(name))
        .map((name) => ({ path: [name], kind: "unknown" }))

/**
 * The slips models make with values that are right otherwise: JSON written into a string, and `null` for an
 * optional argument. Only what did not fit is touched; `undefined` when there is nothing to repair.
 */
const repair = (schema: Document, value: unknown, problems: ReadonlyArray<Problem>): unknown => {
  const copy: unknown = structuredClone(value)
  const changed = problems.filter(
    ({ kind, path }) => kind === "invalid" && path.length > 0 && mend(schema, copy, path)
  )
  return changed.length === 0 ? undefined : copy
}

const mend = (schema: Document, root: unknown, path: ReadonlyArray<PropertyKey>): boolean => {
  const parent = path.slice(0, -1).reduce<unknown>(own, root)
  const key = path[path.length - 1]!
  const value = own(parent, key)
  if (value === null && isObject(parent) && isOptional(schema, parent, path))
    return Reflect.deleteProperty(parent, key)
  const parsed = typeof value === "string" ? parse(value) : undefined
  return parsed === undefined || typeof parsed === "string"
    ? false
    : Reflect.set(parent as object, key, parsed)
}

const own = (value: unknown, key: PropertyKey): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as { readonly [key: PropertyKey]: unknown })[key]
    : undefined

/** Whether the value that holds the last key has a name for it in its schema, and could do without. */
const isOptional = (schema: Document, parent: Params, path: ReadonlyArray<PropertyKey>): boolean => {
  const key = String(path[path.length - 1])
  return alternatives(schema, path.slice(0, -1)).some(({ properties, required }) => {
    if (!isObject(properties) || !Object.hasOwn(properties, key)) return false
    return !(Array.isArray(required) && required.includes(key)) && isMeant(properties, parent)
  })
}

/** Whether a member of a union is the one a value was meant to be, as far as its tags tell. */
const isMeant = (properties: Params, value: Params): boolean =>
  Object.entries(properties).every(([name, property]) => {
    const values = isObject(property) ? property["enum"] : undefined
    return !Array.isArray(values) || values.length !== 1 || own(value, name) === values[0]
  })

/** A number too great for JSON is not what was written. */
const parse = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "number" && !Number.isFinite(value) ? undefined : value
  } catch {
    return undefined
  }
}
