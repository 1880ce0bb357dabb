/** Gets the messages of a prompt. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Content from "../show/Content.ts"
import * as Connect from "../target/Connect.ts"
import * as Style from "../terminal/Style.ts"
import * as Arguments from "./Arguments.ts"
import * as Session from "./Session.ts"

export interface Get {
  readonly name: string
  readonly pairs: ReadonlyArray<string>
  readonly save: string | undefined
  readonly json: boolean
}

export interface Input extends Session.Flags {
  readonly name: string
  readonly target: Option.Option<string>
  readonly arg: ReadonlyArray<string>
  readonly save: Option.Option<string>
}

export const prompt = Effect.fnUntraced(function* ({ arg, name, save, target, ...flags }: Input) {
  const session = yield* Session.open(Option.getOrUndefined(target), flags)
  yield* run(session, { name, pairs: arg, save: Option.getOrUndefined(save), json: flags.json })
}, Effect.scoped)

export const run = Effect.fnUntraced(function* (session: Session.Session, { json, name, pairs, save }: Get) {
  const args = yield* Arguments.texts(pairs)
  const result = yield* session.client
    .getPrompt(name, args, Session.observed(session))
    .pipe(Effect.mapError(Connect.failure))
  session.screen.clear()
  if (json) return yield* Console.log(JSON.stringify(result))
  const style = yield* Style.on("stdout")
  for (const { content, role } of result.messages) {
    const words = yield* Content.block(content, { name, save })
    yield* Console.log(`${style.bold(`${role}:`)} ${words}`)
  }
})
