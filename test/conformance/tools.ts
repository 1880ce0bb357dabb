/** The tools the conformance suite calls that answer by themselves. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Content from "mcp-effect/Content"
import * as Detach from "mcp-effect/Detach"
import * as Dynamic from "mcp-effect/Dynamic"
import * as JsonSchema from "mcp-effect/JsonSchema"
import * as Log from "mcp-effect/Log"
import * as Progress from "mcp-effect/Progress"
import * as Prompt from "mcp-effect/Prompt"
import * as Tool from "mcp-effect/Tool"

export const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
const silence = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA="

const bare = (name: string, description: string) => Tool.make(name, { description })

const content = [
  Tool.handle(bare("test_simple_text", "Answers text"), () => "This is a simple text response for testing."),
  Tool.handle(bare("test_image_content", "Answers an image"), () => Content.image(pixel)),
  Tool.handle(bare("test_audio_content", "Answers audio"), () => Content.audio(silence)),
  Tool.handle(bare("test_embedded_resource", "Answers a resource"), () =>
    Content.resource({
      uri: "test://embedded-resource",
      mimeType: "text/plain",
      text: "This is an embedded resource content."
    })
  ),
  Tool.handle(bare("test_multiple_content_types", "Answers text, an image and a resource"), () => [
    Content.text("Multiple content types test:"),
    Content.image(pixel),
    Content.resource({
      uri: "test://mixed-content-resource",
      mimeType: "application/json",
      text: JSON.stringify({ test: "data", value: 123 })
    })
  ])
]

class Intended extends Schema.TaggedError<Intended>()("Intended", {}) {
  override get message() {
    return "This tool intentionally returns an error for testing"
  }
}

const pause = Effect.sleep("50 millis")

const running = [
  Tool.handle(Tool.make("test_error_handling", { description: "Fails", failure: Intended }), () =>
    Effect.fail(new Intended())
  ),
  Tool.handle(
    bare("test_tool_with_logging", "Logs three times"),
    Effect.fnUntraced(function* () {
      yield* Log.send("info", "Tool execution started")
      yield* pause
      yield* Log.send("info", "Tool processing data")
      yield* pause
      yield* Log.send("info", "Tool execution completed")
      return "Logged"
    })
  ),
  Tool.handle(bare("test_logging_tool", "Logs once"), () =>
    Effect.as(Log.send("info", "Something to hear of"), "Logged")
  ),
  Tool.handle(
    bare("test_tool_with_progress", "Reports progress three times"),
    Effect.fnUntraced(function* () {
      yield* Progress.report(0, 100)
      yield* pause
      yield* Progress.report(50, 100)
      yield* pause
      yield* Progress.report(100, 100)
      return "Done"
    })
  ),
  Tool.handle(bare("test_reconnection", "Lets go of its connection before it answers"), () =>
    Effect.as(Effect.andThen(Detach.detach({ retry: "200 millis" }), pause), "Reconnected")
  )
]

/** Kept word for word, keywords and all. */
const raw = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  $defs: {
    address: {
      $anchor: "addressDef",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } }
    }
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" }
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false
} as const

const schemas = [
  Tool.handle(
    Tool.make("json_schema_2020_12_tool", {
      description: "Tool with JSON Schema 2020-12 features",
      input: JsonSchema.raw(raw)
    }),
    () => "Fits"
  ),
  Tool.handle(
    Tool.make("test_x_mcp_header", {
      description: "Has arguments that are repeated in headers",
      input: JsonSchema.raw({
        type: "object",
        properties: {
          region: { type: "string", "x-mcp-header": "Region" },
          priority: { type: "integer", "x-mcp-header": "Priority" },
          query: { type: "string" }
        }
      })
    }),
    () => "Routed"
  )
]

/** Tools and prompts that come when they are asked for, so that lists change. */
const changing = () => {
  const more = Dynamic.make()
  let made = 0
  return [
    more.part,
    Tool.handle(bare("test_trigger_tool_change", "Changes the list of tools"), () =>
      more.add(Tool.handle(bare(`test_added_tool_${++made}`, "Was added"), () => "Added"))
    ),
    Tool.handle(bare("test_trigger_prompt_change", "Changes the list of prompts"), () =>
      more.add(Prompt.make(`test_added_prompt_${++made}`, { description: "Was added" }, () => "Added"))
    )
  ]
}

export const make = () => [...content, ...running, ...schemas, ...changing()]
