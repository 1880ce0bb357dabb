/**
 * Serves a file that is being worked on. It runs in a process of its own behind a proxy: when it changes, another
 * process begins with the new code, and clients stay connected. Requests that are on their way end where they began.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Events from "../../server/Events.ts"
import type { Failure } from "../Failure.ts"
import { record } from "../hosts/Format.ts"
import * as Proxied from "../proxy/Proxied.ts"
import * as Watched from "../proxy/Watched.ts"
import type { CommandTarget } from "../target/Target.ts"
import * as Screen from "../terminal/Screen.ts"
import { printable } from "../terminal/Style.ts"
import * as Watch from "./Watch.ts"

/** How long new code may take to agree to subscriptions, before it serves without. */
const patience = "5 seconds"

interface Generation extends Proxied.Behind {
  readonly scope: Scope.Closeable
}

/** The server in front. The first code has to start; later code that does not is told about, and the old one stays. */
export const make = Effect.fnUntraced(function* (file: string, target: CommandTarget, alone: boolean) {
  const screen = yield* Screen.make
  const { style } = screen
  const events = Events.make()
  const home = yield* Effect.scope
  const begin = Effect.gen(function* () {
    const scope = yield* Scope.fork(home)
    const { release, stderr } = Screen.holding(screen)
    const connected = Proxied.connect(target, { stderr, alone }, events)
    const behind = yield* Effect.onError(Scope.provide(connected, scope), () => Scope.close(scope, Exit.void))
    release()
    return { ...behind, scope }
  })
  const generations: Array<Generation> = [yield* begin]
  const watched = Watched.make(() => generations.at(-1)!.client)

  /** Whatever still waits there is let finish. */
  const retire = (old: Generation) =>
    Effect.andThen(
      old.calls.idle,
      Effect.suspend(() => {
        generations.splice(generations.indexOf(old), 1)
        return Scope.close(old.scope, Exit.void)
      })
    )
  const reload = Effect.gen(function* () {
    const next = yield* begin
    yield* Effect.timeoutOption(watched.move(next.client), patience)
    const old = generations.at(-1)!
    generations.push(next)
    screen.say(style.green("reloaded"))
    yield* Effect.forEach(Object.values(Events.changed), events.publish, { discard: true })
    yield* Effect.forkIn(retire(old), home)
  }).pipe(
    Effect.catch((failure) =>
      Effect.sync(() => screen.say(`${style.red("not reloaded:")} ${printable(words(failure))}`))
    )
  )
  yield* Effect.forkScoped(
    Stream.runForEach(
      Watch.changes(file, () => screen.say(style.dim("watching for changes"))),
      () => reload
    ).pipe(
      Effect.catch(({ message }) =>
        Effect.sync(() => screen.say(`${style.red("not watching any more:")} ${printable(message)}`))
      )
    )
  )
  return Proxied.make(
    (token) => generations.find(({ calls }) => calls.knows(token)) ?? generations.at(-1)!,
    events,
    watched,
    true
  )
})

/** What the process said before it ended, which is about the code; else why it cannot be used. */
const words = ({ data, message }: Failure): string => {
  const said = record(data)["stderr"]
  return Array.isArray(said) && said.length > 0 ? said.join("\n").replace(/^error: /, "") : message
}
