/** A server with one of everything, for clients to try. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Ask from "../../src/server/Ask.ts"
import * as Dynamic from "../../src/server/Dynamic.ts"
import * as Events from "../../src/server/Events.ts"
import * as Progress from "../../src/server/Progress.ts"
import * as Prompt from "../../src/server/Prompt.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import * as Tool from "../../src/server/Tool.ts"

export class NoSuchBook extends Schema.TaggedError<NoSuchBook>()("NoSuchBook", { id: Schema.Int }) {}

export const Add = Tool.make("add", { input: { a: Schema.Finite, b: Schema.Finite }, output: Schema.Finite })
export const Find = Tool.make("find", {
  input: { id: Schema.Int },
  output: Schema.Struct({ title: Schema.String, published: Schema.Date }),
  failure: NoSuchBook
})
export const Order = Tool.make("order", { output: Schema.String })
export const Count = Tool.make("count", { input: { to: Schema.Int }, output: Schema.String })
export const Sleep = Tool.make("sleep", { output: Schema.String })
export const Think = Tool.make("think", { output: Schema.String })

const Size = Schema.Struct({ size: Schema.Literals(["small", "large"]), hot: Schema.Boolean })

/** What a test sees of the server, besides what the client does. */
export const make = Effect.map(
  Effect.all({ asleep: Deferred.make<void>(), woken: Deferred.make<string>() }),
  ({ asleep, woken }) => {
    const extras = Dynamic.make()
    const server = Server.make(
      { name: "everything", version: "1.0.0", instructions: "Try it.", pageSize: 3 },
      Tool.handle(Add, ({ a, b }) => a + b),
      Tool.handle(Find, ({ id }) =>
        id === 1
          ? Effect.succeed({ title: "One", published: new Date(0) })
          : Effect.fail(new NoSuchBook({ id }))
      ),
      Tool.handle(
        Order,
        Effect.fnUntraced(function* () {
          const { hot, size } = yield* Ask.elicit("Which size?", Size)
          return `${size}, ${hot ? "hot" : "cold"}`
        })
      ),
      Tool.handle(
        Count,
        Effect.fnUntraced(function* ({ to }) {
          for (let counted = 1; counted <= to; counted++) yield* Progress.report(counted, to)
          yield* Effect.logWarning(`counted to ${to}`)
          return `counted to ${to}`
        })
      ),
      Tool.handle(Sleep, () =>
        Deferred.succeed(asleep, undefined).pipe(
          Effect.andThen(Effect.never),
          Effect.onInterrupt(() => Deferred.succeed(woken, "interrupted"))
        )
      ),
      Tool.handle(Think, () =>
        Effect.map(
          Ask.sample({ maxTokens: 10, messages: [{ role: "user", content: { type: "text", text: "Hm?" } }] }),
          (said) => JSON.stringify(said.content)
        )
      ),
      Resource.text("memo://one", { name: "memo" }, "remember"),
      Resource.template("greeting://{name}", { name: "greeting" }, ({ name }) => `Hello, ${name}!`),
      Prompt.make("review", { arguments: { code: Schema.String } }, ({ code }) => `Please review: ${code}`),
      extras.part
    )
    return { server, extras, asleep: Deferred.await(asleep), woken: Deferred.await(woken), changed: Events }
  }
)
