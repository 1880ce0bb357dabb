/** The official JSON Schema of a revision, as judge of what is sent in it. */
import { assert } from "@effect/vitest"
import { Ajv, type ValidateFunction } from "ajv"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as spec from "../spec.ts"

export interface Judge {
  readonly definition: (name: string) => ValidateFunction | undefined
  readonly ofMethod: (method: string) => ValidateFunction | undefined
}

/**
 * Formats are off: generated texts are no URIs, and whether they should be is not what is judged here. `closed` also
 * refuses members that the revision has no word for, where it does not leave them to others.
 */
export const judge = (version: string, { closed = false } = {}): Judge => {
  const file = closed ? close(spec.schema(version)) : spec.schema(version)
  const key = "$defs" in file ? "$defs" : "definitions"
  const definitions = file[key]!
  const options = { strict: false, validateFormats: false }
  const ajv = key === "$defs" ? new Ajv2020(options) : new Ajv(options)
  ajv.addSchema(file, "spec")
  const definition = (name: string) =>
    Object.hasOwn(definitions, name) ? ajv.getSchema(`spec#/${key}/${name}`) : undefined
  const byMethod = new Map(
    Object.entries(definitions).flatMap(([name, { properties }]) =>
      properties?.method?.const === undefined ? [] : [[properties.method.const, name] as const]
    )
  )
  return {
    definition,
    ofMethod: (method) => {
      const name = byMethod.get(method)
      return name === undefined ? undefined : definition(name)
    }
  }
}

/** What is in these is not the protocol's. */
const foreign = new Set(["_meta", "inputSchema", "outputSchema", "experimental"])

/** A schema whose objects have no members but those it names. Older ones do not name the envelope of a message. */
const close = <A>(schema: A): A =>
  JSON.parse(JSON.stringify(schema), (key: string, value: unknown) => {
    if (!JsonRpc.isObject(value) || foreign.has(key) || key.endsWith("MetaObject")) return value
    const { additionalProperties, properties, type } = value
    if (type !== "object" || !JsonRpc.isObject(properties) || additionalProperties !== undefined) return value
    const unnamed =
      "method" in properties ? { jsonrpc: true, id: true } : key === "params" ? { _meta: true } : {}
    return { ...value, properties: { ...unnamed, ...properties }, additionalProperties: false }
  }) as A

/** Fails the test that sent this, saying what is wrong with it. */
export const accept = (validate: ValidateFunction | undefined, what: string, value: unknown) => {
  assert(validate !== undefined, `the specification has no ${what}`)
  assert(
    validate(value),
    `${what}: ${JSON.stringify(validate.errors?.slice(0, 3))}\n${JSON.stringify(value).slice(0, 600)}`
  )
}

/** What the results of methods are called. */
export const resultNames: { readonly [method: string]: string } = {
  "server/discover": "DiscoverResult",
  "subscriptions/listen": "SubscriptionsListenResult",
  "tools/list": "ListToolsResult",
  "tools/call": "CallToolResult",
  "resources/list": "ListResourcesResult",
  "resources/templates/list": "ListResourceTemplatesResult",
  "resources/read": "ReadResourceResult",
  "prompts/list": "ListPromptsResult",
  "prompts/get": "GetPromptResult",
  "completion/complete": "CompleteResult",
  initialize: "InitializeResult",
  ping: "EmptyResult",
  "logging/setLevel": "EmptyResult",
  "resources/subscribe": "EmptyResult",
  "resources/unsubscribe": "EmptyResult",
  "tasks/get": "GetTaskResult",
  "tasks/list": "ListTasksResult",
  "tasks/result": "GetTaskPayloadResult",
  "tasks/cancel": "CancelTaskResult",
  "elicitation/create": "ElicitResult",
  "sampling/createMessage": "CreateMessageResult",
  "roots/list": "ListRootsResult"
}
