/** Compiled with the rest: what has to hold, holds, and what must not compile, does not. Never run. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Contract from "../../src/Contract.ts"
import * as JsonSchema from "../../src/JsonSchema.ts"
import * as McpError from "../../src/protocol/McpError.ts"
import type * as Ask from "../../src/server/Ask.ts"
import { Request } from "../../src/server/Invocation.ts"
import type { Part, Requirements } from "../../src/server/Part.ts"
import * as Tool from "../../src/server/Tool.ts"

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
const holds = <_ extends true>() => {}

class Database extends Context.Service<Database, { readonly count: Effect.Effect<number> }>()(
  "test/Database"
) {}
class Locale extends Context.Service<Locale, string>()("test/Locale") {}
class OutOfStock extends Schema.TaggedError<OutOfStock>()("OutOfStock", { left: Schema.Int }) {}
class Offline extends Schema.TaggedError<Offline>()("Offline", {}) {}

const Add = Tool.make("add", {
  input: { a: Schema.Finite, b: Schema.optional(Schema.Date) },
  output: Schema.Finite
})
const Buy = Tool.make("buy", { output: Schema.Struct({ id: Schema.String }), failure: OutOfStock })
const Say = Tool.make("say")
declare const Translated: Schema.Codec<string, string, Locale, never>

// The contract carries its types.
holds<Equal<typeof Add.name, "add">>()
holds<Equal<Contract.Input<typeof Add>, { readonly a: number; readonly b?: Date | undefined }>>()
holds<Equal<Contract.Output<typeof Buy>, { readonly id: string }>>()
holds<Equal<Contract.Failure<typeof Buy>, OutOfStock>>()
holds<Equal<Contract.Failure<typeof Add>, never>>()
holds<Equal<Contract.Output<typeof Say>, ReadonlyArray<Contract.Block>>>()

// Values, Promises and Effects.
const value: Part<never> = Tool.handle(Add, ({ a }) => a)
const promise: Part<never> = Tool.handle(Add, async ({ a }) => a)
const effect: Part<never> = Tool.handle(Add, ({ a }) => Effect.succeed(a))
const either: Part<never> = Tool.handle(Add, ({ a }) => (a > 1 ? a : Effect.succeed(a)))

// What a handler needs beyond its request shows; what the request provides does not.
const counted = Tool.handle(Add, () => Effect.flatMap(Database, ({ count }) => count))
holds<Equal<Requirements<typeof counted>, Database>>()
const asked = Tool.handle(Add, () => Effect.map(Request, ({ params }) => Object.keys(params).length))
holds<Equal<Requirements<typeof asked>, never>>()
const decoded = Tool.handle(Tool.make("t", { input: { name: Translated } }), ({ name }) => name)
holds<Equal<Requirements<typeof decoded>, Locale>>()
const seen = Tool.handle(Add, () => 1, { visible: () => Effect.map(Database, () => true) })
holds<Equal<Requirements<typeof seen>, Database>>()

// Failures that need no declaration, and one that is declared.
Tool.handle(Add, () => Effect.fail(McpError.invalidParams("no")))
declare const declined: Effect.Effect<number, Ask.Declined | Ask.Cancelled>
Tool.handle(Add, () => declined)
Tool.handle(Buy, () => Effect.fail(new OutOfStock({ left: 1 })))

// Content where nothing is declared, whole results everywhere.
Tool.handle(Say, () => ["a", { type: "text", text: "b" }])
Tool.handle(Say, () => {})
Tool.handle(Say, () => Tool.result({ structured: [1], content: ["one"] }))
Tool.handle(Buy, () => Tool.result({ structured: { id: "1" } }))
Tool.handle(Buy, () => Effect.succeed(Tool.result({ isError: true, content: ["sold out"] })))

// JSON Schemas written by hand.
const Raw = Tool.make("raw", { input: JsonSchema.raw<{ readonly sql: string }>({ type: "object" }) })
Tool.handle(Raw, ({ sql }) => sql)
Tool.raw({ name: "r", inputSchema: { type: "object" } }, (input) => String(input["x"]))
Tool.raw({ name: "r", inputSchema: { type: "object" }, outputSchema: {} }, () => ({ any: "thing" }))

// @ts-expect-error: the failure is not declared
Tool.handle(Add, () => Effect.fail(new Offline()))
// @ts-expect-error: the failure is not the declared one
Tool.handle(Buy, () => Effect.fail(new Offline()))
// @ts-expect-error: the answer is not the declared output
Tool.handle(Add, () => "1")
// @ts-expect-error: a Promise of something else
Tool.handle(Add, async () => "1")
// @ts-expect-error: a whole result with another value
Tool.handle(Add, () => Tool.result({ structured: "1" }))
// @ts-expect-error: without an output a tool answers content
Tool.handle(Say, () => 1)
// @ts-expect-error: there is no such argument
Tool.handle(Add, ({ c }) => c)
// @ts-expect-error: a raw tool without output schema answers content
Tool.raw({ name: "r", inputSchema: { type: "object" } }, () => 5)
// @ts-expect-error: the part needs a database
const missing: Part<never> = counted

export { effect, either, missing, promise, value }
