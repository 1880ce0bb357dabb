/** The server the official conformance suite tests: everything it asks for, through the public API only. */
import * as Schema from "effect/Schema"
import * as Content from "mcp-effect/Content"
import * as EventStore from "mcp-effect/EventStore"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Prompt from "mcp-effect/Prompt"
import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
import * as Questions from "./questions.ts"
import * as Tools from "./tools.ts"

const resources = [
  Resource.text(
    "test://static-text",
    { name: "static-text", description: "A text" },
    "This is the content of the static text resource."
  ),
  Resource.bytes(
    "test://static-binary",
    { name: "static-binary", description: "An image", mimeType: "image/png" },
    Buffer.from(Tools.pixel, "base64")
  ),
  Resource.text("test://watched-resource", { name: "watched", description: "Changes", updates: true }, "Now"),
  Resource.template(
    "test://template/{id}/data",
    { name: "template", description: "Data by id", mimeType: "application/json" },
    ({ id }) => JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` })
  )
]

const prompts = [
  Prompt.make("test_simple_prompt", { description: "Plain" }, () => "This is a simple prompt for testing."),
  Prompt.make(
    "test_prompt_with_arguments",
    {
      description: "With arguments",
      arguments: { arg1: Schema.String, arg2: Schema.String },
      complete: { arg1: () => ["paris", "park", "party"] }
    },
    ({ arg1, arg2 }) => `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`
  ),
  Prompt.make(
    "test_prompt_with_embedded_resource",
    { description: "With a resource", arguments: { resourceUri: Schema.String } },
    ({ resourceUri }) => [
      Prompt.user(
        Content.resource({
          uri: resourceUri,
          mimeType: "text/plain",
          text: "Embedded resource content for testing."
        })
      ),
      Prompt.user("Please process the embedded resource above.")
    ]
  ),
  Prompt.make("test_prompt_with_image", { description: "With an image" }, () => [
    Prompt.user(Content.image(Tools.pixel)),
    Prompt.user("Please analyze the image above.")
  ])
]

const server = Server.make(
  {
    name: "conformance",
    version: "1.0.0",
    cache: {
      tools: { ttlMs: 60_000, scope: "public" },
      prompts: { ttlMs: 60_000, scope: "public" },
      resources: { ttlMs: 60_000, scope: "public" },
      templates: { ttlMs: 60_000, scope: "public" }
    }
  },
  ...Tools.make(),
  ...Questions.parts,
  ...resources,
  ...prompts
)

NodeServer.launch(server, { port: Number(process.argv[2] ?? 0) }, EventStore.layerMemory())
