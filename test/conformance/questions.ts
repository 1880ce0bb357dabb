/** What the conformance suite is asked: questions in the middle of tools and of a prompt. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Ask from "mcp-effect/Ask"
import * as Prompt from "mcp-effect/Prompt"
import * as Tool from "mcp-effect/Tool"

const bare = (name: string, description: string) => Tool.make(name, { description })

/** A form in JSON Schema, and what came of it in words. */
const form = (message: string, properties: object, required: ReadonlyArray<string>) =>
  Effect.map(
    Effect.flatMap(Ask.Ask, (ask) =>
      ask.answer({
        method: "elicitation/create",
        params: { mode: "form", message, requestedSchema: { type: "object", properties, required } }
      })
    ),
    (answer) => {
      const { action, content } = answer as { readonly action: string; readonly content?: unknown }
      return `action=${action}, content=${JSON.stringify(content ?? {})}`
    }
  )

const options = (...names: ReadonlyArray<string>) =>
  names.map((title, index) => ({ const: `value${index + 1}`, title }))

const user = {
  username: { type: "string", description: "User's response" },
  email: { type: "string", description: "User's email address" }
}

const defaults = {
  name: { type: "string", default: "John Doe" },
  age: { type: "integer", default: 30 },
  score: { type: "number", default: 95.5 },
  status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
  verified: { type: "boolean", default: true }
}

const enums = {
  untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
  titledSingle: { type: "string", oneOf: options("First Option", "Second Option", "Third Option") },
  legacyEnum: {
    type: "string",
    enum: ["opt1", "opt2", "opt3"],
    enumNames: ["Option One", "Option Two", "Option Three"]
  },
  untitledMulti: { type: "array", items: { type: "string", enum: ["option1", "option2", "option3"] } },
  titledMulti: { type: "array", items: { anyOf: options("First Choice", "Second Choice", "Third Choice") } }
}

const sampled = (prompt: string, maxTokens: number) =>
  Effect.map(
    Ask.sample({ messages: [{ role: "user", content: { type: "text", text: prompt } }], maxTokens }),
    ({ content }) => JSON.stringify(content)
  )

/** In both eras. */
const direct = [
  Tool.handle(
    Tool.make("test_sampling", { description: "Asks the client's model", input: { prompt: Schema.String } }),
    ({ prompt }) => Effect.map(sampled(prompt, 100), (text) => `LLM response: ${text}`)
  ),
  Tool.handle(
    Tool.make("test_elicitation", { description: "Asks the user", input: { message: Schema.String } }),
    ({ message }) =>
      Effect.map(form(message, user, ["username", "email"]), (text) => `User response: ${text}`)
  ),
  Tool.handle(bare("test_elicitation_sep1034_defaults", "Asks with defaults"), () =>
    Effect.map(form("Please review", defaults, []), (text) => `Elicitation completed: ${text}`)
  ),
  Tool.handle(bare("test_elicitation_sep1330_enums", "Asks for choices"), () =>
    Effect.map(form("Please choose", enums, []), (text) => `Elicitation completed: ${text}`)
  )
]

const Name = Schema.Struct({ name: Schema.String })
const askName = (message: string, key: string) =>
  Effect.map(Ask.elicit(message, Name).pipe(Ask.named(key)), ({ name }) => name)
const askRoots = Effect.map(Ask.named("client_roots")(Ask.roots), (roots) =>
  roots.map(({ uri }) => uri).join(", ")
)
const confirmed = Ask.elicit("Please confirm", Schema.Struct({ ok: Schema.Boolean })).pipe(
  Ask.named("confirm")
)

/** In rounds. */
const rounds = [
  Tool.handle(bare("test_input_required_result_elicitation", "Asks for a name"), () =>
    Effect.map(askName("What is your name?", "user_name"), (name) => `Hello, ${name}!`)
  ),
  Tool.handle(bare("test_input_required_result_sampling", "Asks the client's model"), () =>
    sampled("What is the capital of France?", 100).pipe(Ask.named("capital_question"))
  ),
  Tool.handle(bare("test_input_required_result_list_roots", "Asks for roots"), () => askRoots),
  Tool.handle(bare("test_input_required_result_request_state", "Asks and remembers"), () =>
    Effect.as(confirmed, "state-ok")
  ),
  Tool.handle(bare("test_input_required_result_tampered_state", "Asks and remembers"), () =>
    Effect.as(confirmed, "state-ok")
  ),
  Tool.handle(bare("test_input_required_result_multiple_inputs", "Asks three things at once"), () =>
    Effect.map(
      Effect.all(
        [
          askName("What is your name?", "user_name"),
          sampled("Generate a greeting", 50).pipe(Ask.named("greeting")),
          askRoots
        ],
        { concurrency: "unbounded" }
      ),
      (answers) => answers.join("; ")
    )
  ),
  Tool.handle(
    bare("test_input_required_result_multi_round", "Asks twice"),
    Effect.fnUntraced(function* () {
      const name = yield* askName("Step 1: What is your name?", "step1")
      const { color } = yield* Ask.elicit(
        "Step 2: What is your favorite color?",
        Schema.Struct({ color: Schema.String })
      ).pipe(Ask.named("step2"))
      return `${name} likes ${color}`
    })
  ),
  Tool.handle(bare("test_input_required_result_capabilities", "Asks what the client can answer"), () =>
    Effect.catchTag(askName("What is your name?", "user_name"), "McpError", () =>
      sampled("Name somebody", 50).pipe(Ask.named("somebody"))
    )
  ),
  Tool.handle(bare("test_streaming_elicitation", "Asks for a name"), () =>
    askName("What is your name?", "user_name")
  ),
  Tool.handle(bare("test_missing_capability", "Needs a model"), () => sampled("Say hi", 10))
]

const prompt = Prompt.make("test_input_required_result_prompt", { description: "Asks for context" }, () =>
  Effect.map(
    Ask.elicit("What context should the prompt use?", Schema.Struct({ context: Schema.String })).pipe(
      Ask.named("user_context")
    ),
    ({ context }) => `Use this context: ${context}`
  )
)

export const parts = [...direct, ...rounds, prompt]
