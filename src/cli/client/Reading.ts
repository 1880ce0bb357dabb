/** Reads a resource. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { Machine } from "../Machine.ts"
import * as Content from "../show/Content.ts"
import * as Connect from "../target/Connect.ts"
import * as Session from "./Session.ts"

export interface Input extends Session.Flags {
  readonly uri: string
  readonly target: Option.Option<string>
  readonly save: Option.Option<string>
}

export const read = Effect.fnUntraced(function* ({ save, target, uri, ...flags }: Input) {
  const session = yield* Session.open(Option.getOrUndefined(target), flags)
  yield* run(session, { uri, save: Option.getOrUndefined(save), json: flags.json })
}, Effect.scoped)

export const run = Effect.fnUntraced(function* (
  session: Session.Session,
  { json, save, uri }: { readonly uri: string; readonly save: string | undefined; readonly json: boolean }
) {
  const result = yield* session.client
    .readResource(uri, Session.observed(session))
    .pipe(Effect.mapError(Connect.failure))
  session.screen.clear()
  if (json) return yield* Console.log(JSON.stringify(result))
  const [first, ...others] = result.contents
  const { terminals } = yield* Machine
  // Bytes that are redirected are wanted as bytes.
  if (
    first !== undefined &&
    "blob" in first &&
    others.length === 0 &&
    save === undefined &&
    !terminals.stdout
  ) {
    const stdio = yield* Stdio.Stdio
    return yield* Effect.orDie(
      Stream.run(Stream.make(Buffer.from(first.blob, "base64")), stdio.stdout({ endOnDone: false }))
    )
  }
  const words = yield* Effect.forEach(result.contents, (contents) =>
    Content.resource(contents, { name: contents.uri.split("/").at(-1) ?? "resource", save })
  )
  yield* Console.log(words.join("\n"))
})
