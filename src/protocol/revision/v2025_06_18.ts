/**
 * 2025-06-18.
 *
 * @see https://modelcontextprotocol.io/specification/2025-06-18
 */
import * as JsonRpc from "../JsonRpc.ts"
import * as Revision from "../Revision.ts"
import { v2025_11_25 } from "./v2025_11_25.ts"
import * as words from "./words.ts"

const implementation = words.without("icons", "description", "websiteUrl")
const link = words.when((block) => block["type"] === "resource_link", words.without("icons"))

const modeless = words.member("elicitation", words.without("form", "url"))
/** To elicit was to fill in forms: who only opens pages could not be asked anything. */
const forms = words.all(
  words.when(({ elicitation }) => isPagesOnly(elicitation), words.without("elicitation")),
  modeless
)
const isPagesOnly = (elicitation: unknown) =>
  JsonRpc.isObject(elicitation) && Object.hasOwn(elicitation, "url") && !Object.hasOwn(elicitation, "form")
const samplers = words.member("sampling", words.without("tools", "context"))
/** Every client could be asked to include the context of servers, which it was free to do or not. */
const contextual = words.member("sampling", (sampling) => ({ ...sampling, context: {} }))

/** Fields of a form as they were before defaults, labelled choices and lists of choices. */
const field = (schema: JsonRpc.Params): JsonRpc.Params => {
  if (schema["type"] === "boolean") return schema
  const plain = words.without("default")(schema)
  if (Array.isArray(schema["oneOf"])) {
    const { oneOf, ...rest } = plain
    return { ...rest, enum: options(oneOf, "const"), enumNames: options(oneOf, "title") }
  }
  return schema["type"] === "array" ? written(plain) : plain
}

const options = (choices: unknown, key: string): ReadonlyArray<unknown> =>
  Array.isArray(choices) ? choices.map((choice) => (JsonRpc.isObject(choice) ? choice[key] : undefined)) : []

/** A list of choices becomes a text with commas; the server takes it apart again. */
const written = ({ description, items, title }: JsonRpc.Params): JsonRpc.Params => {
  const choices = JsonRpc.isObject(items) ? (items["enum"] ?? options(items["anyOf"], "const")) : []
  const any = `Any of ${(choices as ReadonlyArray<unknown>).join(", ")}, separated by commas`
  return {
    type: "string",
    ...(title === undefined ? {} : { title }),
    description: typeof description === "string" ? `${description} (${any})` : any
  }
}

const form = words.all(
  words.without("mode"),
  words.member(
    "requestedSchema",
    words.all(
      words.without("$schema"),
      words.member("properties", (properties) =>
        Object.fromEntries(
          Object.entries(properties).map(([name, schema]) => [
            name,
            JsonRpc.isObject(schema) ? field(schema) : schema
          ])
        )
      )
    )
  )
)

/** Messages had one block each, and no blocks about tools. */
const separate = (message: unknown): ReadonlyArray<unknown> => {
  if (!JsonRpc.isObject(message)) return [message]
  const { content } = message
  return (Array.isArray(content) ? content : [content]).map((block) => ({
    ...message,
    content: plainBlock(block)
  }))
}

const plainBlock = (block: unknown): unknown =>
  JsonRpc.isObject(block) && (block["type"] === "tool_use" || block["type"] === "tool_result")
    ? { type: "text", text: JSON.stringify(block) }
    : block

const sampling = (params: JsonRpc.Params): JsonRpc.Params => {
  const { messages, ...rest } = words.without("tools", "toolChoice")(params)
  return { ...rest, messages: Array.isArray(messages) ? messages.flatMap(separate) : messages }
}

/** Of several blocks the texts are kept, joined: an answer had one block. */
const oneBlock = (answer: JsonRpc.Params): JsonRpc.Params => {
  const { content } = answer
  if (!Array.isArray(content)) return { ...answer, content: plainBlock(content) }
  if (content.length === 1) return { ...answer, content: plainBlock(content[0]) }
  const texts = content
    .map(plainBlock)
    .flatMap((block) => (JsonRpc.isObject(block) && typeof block["text"] === "string" ? [block["text"]] : []))
  return { ...answer, content: { type: "text", text: texts.join("\n") } }
}

/** Several choices are answered as one text with commas. */
const writtenAnswer = words.member("content", (fields) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value])
  )
)

export const v2025_06_18 = Revision.before(
  v2025_11_25,
  {
    version: "2025-06-18",
    inputErrors: "error",
    polling: false,
    fromClient: Revision.vary(
      v2025_11_25.fromClient,
      [],
      ["tasks/get", "tasks/list", "tasks/result", "tasks/cancel", "notifications/tasks/status"]
    ),
    fromServer: Revision.vary(
      v2025_11_25.fromServer,
      [],
      [
        "tasks/get",
        "tasks/list",
        "tasks/result",
        "tasks/cancel",
        "notifications/elicitation/complete",
        "notifications/tasks/status"
      ]
    )
  },
  [
    {
      name: "icons and descriptions of implementations (SEP-973)",
      down: {
        params: words.on("initialize", words.member("clientInfo", implementation)),
        result: words.steps(
          words.on("initialize", words.member("serverInfo", implementation)),
          words.listed(words.without("icons")),
          words.content(link)
        )
      }
    },
    {
      name: "tools as tasks (SEP-1686)",
      down: {
        params: words.on("initialize", words.member("capabilities", words.without("tasks"))),
        result: words.on("tools/list", words.each("tools", words.without("execution")))
      }
    },
    {
      name: "URLs, defaults and better choices in questions (SEP-1036, SEP-1034, SEP-1330)",
      up: {
        ask: words.on("elicitation/create", words.withDefaults({ mode: "form" })),
        // A client may declare what its revision does not have.
        params: words.on("initialize", words.member("capabilities", modeless))
      },
      down: {
        notification: (method, params) =>
          method === "notifications/elicitation/complete" ? undefined : params,
        ask: words.on("elicitation/create", form),
        answer: words.on("elicitation/create", writtenAnswer),
        params: words.on("initialize", words.member("capabilities", forms))
      }
    },
    {
      name: "tools in sampling (SEP-1577)",
      up: { params: words.on("initialize", words.member("capabilities", words.all(samplers, contextual))) },
      down: {
        ask: words.on("sampling/createMessage", sampling),
        answer: words.on("sampling/createMessage", oneBlock),
        params: words.on("initialize", words.member("capabilities", samplers))
      }
    },
    { name: "URL elicitation as an error (SEP-1036)", down: { fault: words.recode(-32042, -32600) } }
  ]
)
