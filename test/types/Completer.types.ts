/** Compiled with the rest: completers may need services, which then show in the type of their part. Never run. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Request } from "../../src/server/Invocation.ts"
import type { Part, Requirements } from "../../src/server/Part.ts"
import * as Prompt from "../../src/server/Prompt.ts"
import * as Resource from "../../src/server/Resource.ts"

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
const holds = <_ extends true>() => {}

class Names extends Context.Service<Names, { readonly all: Effect.Effect<ReadonlyArray<string>> }>()(
  "test/Names"
) {}
const needy = () => Effect.flatMap(Names, ({ all }) => all)

const prompt = Prompt.make("p", { arguments: { who: Schema.String }, complete: { who: needy } }, () => "x")
holds<Equal<Requirements<typeof prompt>, Names>>()

const template = Resource.template("a://{who}", { complete: { who: needy } }, ({ who }) => who)
holds<Equal<Requirements<typeof template>, Names>>()

// The request is there; so is what was typed, and what is settled.
const asked: Part<never> = Prompt.make(
  "p",
  {
    arguments: { who: Schema.String, what: Schema.String },
    complete: {
      who: (typed, settled) =>
        Effect.map(Request, ({ method }) => [typed.toUpperCase(), settled["what"] ?? method]),
      what: ["a", "b"]
    }
  },
  () => "x"
)
const promised: Part<never> = Resource.template(
  "a://{who}",
  { complete: { who: async (typed) => [typed.trim()] } },
  ({ who }) => who
)

// @ts-expect-error: there is no such argument
Prompt.make("p", { arguments: { who: Schema.String }, complete: { why: ["a"] } }, () => "x")
// @ts-expect-error: there is no such variable
Resource.template("a://{who}", { complete: { why: ["a"] } }, () => "x")
// @ts-expect-error: suggestions are texts
Prompt.make("p", { arguments: { who: Schema.String }, complete: { who: [1] } }, () => "x")
// @ts-expect-error: the part needs the names
const missing: Part<never> = prompt

export { asked, missing, promised }
