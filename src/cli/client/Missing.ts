/** Asks for the arguments a tool needs and did not get, as far as they can be typed. */
import * as Effect from "effect/Effect"
import type * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as Field from "../ask/Field.ts"
import * as Failure from "../Failure.ts"
import { record } from "../hosts/Format.ts"
import type { Screen } from "../terminal/Screen.ts"
import type { Values } from "./Arguments.ts"

export const ask = Effect.fnUntraced(
  function* (screen: Screen, schema: JsonRpc.Params, args: Values) {
    const fields = missing(schema, args)
    const answers: Array<readonly [string, unknown]> = []
    if (fields.length === 0) return {}
    const prompts = yield* Effect.promise(() => import("../ask/Prompts.ts"))
    for (const field of fields) answers.push([field.name, yield* prompts.ask(screen, field)])
    return Object.fromEntries(answers) as Values
  },
  Effect.catchTag("QuitError", () => Effect.fail(Failure.usage("Nothing was called")))
)

const missing = (schema: JsonRpc.Params, args: Values): ReadonlyArray<Field.Field> => {
  const properties = Object.entries(record(schema["properties"])).filter(
    ([name, property]) => !Object.hasOwn(args, name) && isTypeable(record(property))
  )
  return Field.of({ ...schema, properties: Object.fromEntries(properties) }).filter(
    ({ required }) => required
  )
}

/** What fits on a line, or can be chosen from a list. */
const isTypeable = ({ enum: choices, items, type }: JsonRpc.Params): boolean =>
  type === "array"
    ? Array.isArray(record(items)["enum"])
    : Array.isArray(choices) || (typeof type === "string" && type !== "object")
