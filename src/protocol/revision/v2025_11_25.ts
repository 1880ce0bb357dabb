/**
 * 2025-11-25, the last revision with a handshake and sessions.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25
 */
import * as JsonRpc from "../JsonRpc.ts"
import * as Meta from "../Meta.ts"
import * as Revision from "../Revision.ts"
import { v2026_07_28 } from "./v2026_07_28.ts"
import * as words from "./words.ts"

const cacheable = [
  "server/discover",
  "tools/list",
  "prompts/list",
  "resources/list",
  "resources/templates/list",
  "resources/read"
]

/** Before any JSON could be structured content, a schema of it had to be an object, and its properties schemas. */
const describesObject = (schema: unknown): boolean =>
  JsonRpc.isObject(schema) &&
  schema["type"] === "object" &&
  Object.values(propertiesOf(schema)).every(JsonRpc.isObject)

const propertiesOf = (schema: JsonRpc.Params) =>
  JsonRpc.isObject(schema["properties"]) ? schema["properties"] : ({} as JsonRpc.Params)

/** `true` and `false` are schemas too, but not to clients of old: as an object they say the same. */
const objectSchemas = words.member("properties", (properties) =>
  Object.values(properties).every(JsonRpc.isObject)
    ? properties
    : Object.fromEntries(
        Object.entries(properties).map(([name, schema]) => [
          name,
          schema === true ? {} : schema === false ? { not: {} } : schema
        ])
      )
)

/** What a tool returned, as a model is told of it, was structured only if it was an object. */
const toolResult = words.when(
  (block) => block["type"] === "tool_result" && !JsonRpc.isObject(block["structuredContent"]),
  words.without("structuredContent")
)
const toolResults = words.all(words.member("content", toolResult), words.each("content", toolResult))

const unsubscribed = words.withoutMeta(Meta.key.subscriptionId)

/** Codes that mean something only since 2026-07-28. */
const newer: ReadonlySet<number> = new Set([-32020, -32021, -32022])

export const v2025_11_25 = Revision.before(
  v2026_07_28,
  {
    version: "2025-11-25",
    era: "stateful",
    polling: true,
    fromClient: Revision.vary(
      v2026_07_28.fromClient,
      [
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
        "tasks/get",
        "tasks/list",
        "tasks/result",
        "tasks/cancel",
        "notifications/initialized",
        "notifications/progress",
        "notifications/roots/list_changed",
        "notifications/tasks/status"
      ],
      ["server/discover", "subscriptions/listen"]
    ),
    fromServer: Revision.vary(
      v2026_07_28.fromServer,
      [
        "ping",
        "sampling/createMessage",
        "elicitation/create",
        "roots/list",
        "tasks/get",
        "tasks/list",
        "tasks/result",
        "tasks/cancel",
        "notifications/elicitation/complete",
        "notifications/tasks/status"
      ],
      ["notifications/subscriptions/acknowledged"]
    )
  },
  [
    {
      name: "results carry resultType (SEP-2322)",
      up: { result: words.always(words.withDefaults({ resultType: "complete" })) },
      down: { result: words.always(words.without("resultType")) }
    },
    {
      name: "lists and reads carry cache hints (SEP-2549)",
      up: { result: words.on(cacheable, words.withDefaults({ ttlMs: 0, cacheScope: "private" })) },
      down: { result: words.on(cacheable, words.without("ttlMs", "cacheScope")) }
    },
    {
      name: "requests and results say who speaks (SEP-2575)",
      down: {
        params: words.always(
          words.withoutMeta(
            Meta.key.protocolVersion,
            Meta.key.clientInfo,
            Meta.key.clientCapabilities,
            Meta.key.logLevel
          )
        ),
        result: words.always(words.withoutMeta(Meta.key.serverInfo))
      }
    },
    {
      name: "input is asked for in rounds (SEP-2322)",
      down: { params: words.always(words.without("inputResponses", "requestState")) }
    },
    {
      name: "an unknown resource is invalid params (SEP-2164)",
      up: {
        fault: (method, fault) =>
          method === "resources/read" ? words.recode(-32002, -32602)(method, fault) : fault
      },
      down: {
        fault: (method, fault) =>
          method === "resources/read" && JsonRpc.isObject(fault.data) && Object.hasOwn(fault.data, "uri")
            ? words.recode(-32602, -32002)(method, fault)
            : fault
      }
    },
    {
      name: "codes -32020 to -32022 (SEP-2575)",
      down: { fault: (_method, fault) => (newer.has(fault.code) ? { ...fault, code: -32600 } : fault) }
    },
    {
      name: "any JSON is structured content (SEP-2106)",
      down: {
        ask: words.on("sampling/createMessage", words.each("messages", toolResults)),
        answer: words.on("sampling/createMessage", toolResults),
        result: words.steps(
          words.on(
            "tools/call",
            words.when(
              (call) => !JsonRpc.isObject(call["structuredContent"]),
              words.without("structuredContent")
            )
          ),
          words.on(
            "tools/list",
            words.each(
              "tools",
              words.all(
                words.member("inputSchema", objectSchemas),
                words.member("outputSchema", objectSchemas),
                words.when((tool) => !describesObject(tool["outputSchema"]), words.without("outputSchema"))
              )
            )
          )
        )
      }
    },
    {
      name: "notifications belong to a subscription (SEP-2575)",
      down: {
        notification: (method, params) =>
          method === "notifications/subscriptions/acknowledged" ? undefined : unsubscribed(params)
      }
    }
  ]
)
