/** One prompt, with two arguments that may be left out. */
import * as Schema from "effect/Schema"
import * as Prompt from "mcp-effect/Prompt"
import * as Server from "mcp-effect/Server"
import * as StdioServer from "mcp-effect/StdioServer"

const simple = Prompt.make(
  "simple",
  {
    title: "A simple assistant",
    description: "Ask for help, with context and a topic if there are any",
    arguments: {
      context: Schema.optionalKey(
        Schema.String.annotate({ description: "What the model should know first" })
      ),
      topic: Schema.optionalKey(Schema.String.annotate({ description: "What to help with" }))
    }
  },
  ({ context, topic }) => [
    ...(context === undefined ? [] : [`Here is some context: ${context}`]),
    topic === undefined ? "Please help me with my questions." : `Please help me with this topic: ${topic}`
  ]
)

StdioServer.launch(Server.make({ name: "simple-prompt", version: "1.0.0" }, simple))
