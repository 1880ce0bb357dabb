/** Answers what a server asks by asking the person at the terminal, or whoever writes to our input. */
import type * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type * as Client from "../../client/Client.ts"
import * as Handlers from "../../client/Handlers.ts"
import { Machine } from "../Machine.ts"
import type { Screen } from "../terminal/Screen.ts"
import { printable } from "../terminal/Style.ts"
import * as Browser from "./Browser.ts"
import * as Field from "./Field.ts"
import * as Lines from "./Lines.ts"

export type Services = Command.Environment | Machine

/** The handlers of a client. One question is asked at a time. Going away while one is open cancels it. */
export const handlers = Effect.fnUntraced(function* (screen: Screen) {
  const { terminals } = yield* Machine
  const one = Semaphore.makeUnsafe(1)
  const interactive = terminals.stdin && terminals.stderr
  const { ask, confirm } = interactive
    ? yield* Effect.promise(() => import("./Prompts.ts"))
    : { ask: Lines.ask, confirm: Lines.confirm }

  const question = <A, E, R>(message: string, answering: Effect.Effect<A, E, R>) =>
    one.withPermits(1)(
      Effect.andThen(
        Effect.sync(() => screen.say(`${screen.style.yellow("?")} ${screen.style.bold(printable(message))}`)),
        answering
      )
    )

  const elicit: Client.ElicitHandler<Services> = ({ message, requestedSchema }) =>
    question(
      message,
      Effect.gen(function* () {
        const fields = Field.of(requestedSchema)
        const answers: Array<readonly [string, Field.Value]> = []
        for (const field of fields) {
          const value = yield* ask(screen, field)
          if (value !== undefined) answers.push([field.name, value])
        }
        // Who types wants to see the whole before it leaves; a pipe has said what it has to say.
        const sent = !interactive || (yield* confirm(screen, "Send this?"))
        return sent ? Handlers.accept(Object.fromEntries(answers)) : Handlers.decline
      })
    ).pipe(Effect.catch(() => Effect.succeed(Handlers.cancel)))

  const elicitUrl: Client.ElicitUrlHandler<Services> = ({ message, url }) =>
    question(
      message,
      Effect.gen(function* () {
        screen.say(`  ${printable(url)}`)
        if (!Browser.opens(url)) {
          screen.say("  It is neither https nor on this machine, and is not opened")
          return Handlers.decline
        }
        if (!(yield* confirm(screen, "Open this page?"))) return Handlers.decline
        if (interactive) yield* Browser.open(url)
        return Handlers.accept()
      })
    ).pipe(Effect.catch(() => Effect.succeed(Handlers.cancel)))

  return { elicit, elicitUrl }
})
