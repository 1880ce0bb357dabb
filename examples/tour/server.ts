/** What servers commonly offer, each in its shortest form. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Schema from "effect/Schema"
import * as Content from "mcp-effect/Content"
import * as Invocation from "mcp-effect/Invocation"
import * as Progress from "mcp-effect/Progress"
import * as Prompt from "mcp-effect/Prompt"
import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
import * as StdioServer from "mcp-effect/StdioServer"
import * as Tool from "mcp-effect/Tool"
import { plain } from "./png.ts"

const config = Resource.json("config://app", { name: "config" }, { language: "en", debug: false })

// The id is an integer before the handler runs, or the request fails.
const profile = Resource.template(
  "users://{id}/profile",
  { name: "profile", variables: { id: Schema.Int } },
  ({ id }) => `Profile data for user ${id}`
)

const CalculateBmi = Tool.make("calculate_bmi", {
  description: "Body mass index from weight and height",
  input: { weight_kg: Schema.Finite, height_m: Schema.Finite.check(Schema.isGreaterThan(0)) },
  output: Schema.Finite
})
const bmi = Tool.handle(CalculateBmi, ({ height_m, weight_kg }) => weight_kg / height_m ** 2)

class NoWeather extends Schema.TaggedError<NoWeather>()("NoWeather", { city: Schema.String }) {
  override get message() {
    return `Nobody knows the weather in ${this.city} just now`
  }
}
const FetchWeather = Tool.make("fetch_weather", {
  description: "The weather in a city",
  input: { city: Schema.String },
  output: Schema.String,
  failure: NoWeather
})
const weather = Tool.handle(
  FetchWeather,
  Effect.fnUntraced(function* ({ city }) {
    const service = yield* Effect.orDie(Config.withDefault(Config.String("WEATHER_URL"), "https://wttr.in/"))
    return yield* HttpClient.get(`${service}${encodeURIComponent(city)}?format=3`).pipe(
      Effect.flatMap(({ text }) => text),
      Effect.mapError(() => new NoWeather({ city }))
    )
  })
)

const review = Prompt.make(
  "review_code",
  { arguments: { code: Schema.String } },
  ({ code }) => `Please review this code:\n\n${code}`
)

const debug = Prompt.make("debug_error", { arguments: { error: Schema.String } }, ({ error }) => [
  "I'm seeing this error:",
  error,
  { role: "assistant", content: Content.text("I'll help debug that. What have you tried so far?") }
])

const Byte = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))
const CreateThumbnail = Tool.make("create_thumbnail", {
  description: "A square of one colour",
  input: { red: Byte, green: Byte, blue: Byte }
})
const thumbnail = Tool.handle(CreateThumbnail, ({ blue, green, red }) =>
  Content.image(plain(32, [red, green, blue]))
)

const LongTask = Tool.make("long_task", {
  description: "Works through profiles, one after the other",
  input: { users: Schema.Array(Schema.Int) },
  output: Schema.String
})
const work = Tool.handle(
  LongTask,
  Effect.fnUntraced(function* ({ users }) {
    for (const [index, user] of users.entries()) {
      yield* Effect.logInfo(`Looking at user ${user}`)
      yield* Invocation.read(`users://${user}/profile`)
      yield* Progress.report(index + 1, users.length)
    }
    return "Processing complete"
  })
)

const server = Server.make(
  { name: "tour", version: "1.0.0" },
  config,
  profile,
  bmi,
  weather,
  thumbnail,
  work,
  review,
  debug
)

StdioServer.launch(server, FetchHttpClient.layer)
