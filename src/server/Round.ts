/** `Ask` while a handler is played: what the journal knows is answered at once, the rest is collected. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import { Ask } from "./Ask.ts"
import type { Journal } from "./Journal.ts"
import { numbering, print, type Question, refusal, within } from "./Question.ts"

type Service = Ask["Service"]

/** Made for every call, so it holds nothing before the first question. */
export class Round implements Service {
  private readonly past: Journal
  private readonly capabilities: JsonRpc.Params
  private number: ((name: string) => string) | undefined
  private questions: Map<string, Question> | undefined
  private done: Map<string, unknown> | undefined
  private waiting: Set<() => void> | undefined
  private changed: (() => void) | undefined
  private working = 0
  private closed = false

  constructor(past: Journal, capabilities: JsonRpc.Params) {
    this.past = past
    this.capabilities = capabilities
  }

  readonly answer: Service["answer"] = (wanted) =>
    Effect.suspend((): Effect.Effect<unknown, McpError.McpError> => {
      const refused = refusal(wanted, this.capabilities)
      if (refused !== undefined) return Effect.fail(refused)
      const question = within(wanted, this.capabilities)
      const key = this.name(question.name ?? print(question))
      return this.past.answers.has(key)
        ? Effect.succeed(this.past.answers.get(key))
        : this.wait(key, question)
    })

  readonly once: Service["once"] = (name, schema, effect) =>
    Effect.suspend(() => {
      const key = this.name(name)
      const codec = Schema.toCodecJson(schema)
      if (this.past.done.has(key)) {
        return Effect.orDie(Schema.decodeUnknownEffect(codec)(this.past.done.get(key)))
      }
      this.working++
      const asking = Effect.provideService(effect, Ask, this.idleWhileAsking())
      return Effect.ensuring(
        Effect.tap(asking, (value) =>
          Effect.map(Effect.orDie(Schema.encodeEffect(codec)(value)), (encoded) => {
            this.done ??= new Map()
            this.done.set(key, encoded)
          })
        ),
        Effect.sync(() => {
          this.working--
          this.changed?.()
        })
      )
    })

  /** How many questions are open; none while something is under way that must not be cut off. */
  due(): number {
    return this.working > 0 ? 0 : (this.questions?.size ?? 0)
  }

  /** Calls back when `due` may have changed. */
  onChange(changed: () => void): void {
    this.changed = changed
  }

  /** Ends the round by interrupting the handler. Who waits where that does not reach is told so, too. */
  close(interrupt: () => void): ReadonlyMap<string, Question> {
    this.closed = true
    interrupt()
    for (const release of this.waiting ?? []) release()
    return this.questions ?? new Map()
  }

  /** What the next round has to know. */
  journal(): Journal {
    return {
      answers: this.past.answers,
      done: this.done === undefined ? this.past.done : new Map([...this.past.done, ...this.done]),
      asked: [...(this.questions?.keys() ?? [])]
    }
  }

  private name(name: string): string {
    this.number ??= numbering()
    return this.number(name)
  }

  private wait(key: string, question: Question): Effect.Effect<never> {
    if (this.closed) return Effect.interrupt
    this.questions ??= new Map()
    this.waiting ??= new Set()
    const { questions, waiting } = this
    questions.set(key, nameless(question))
    this.changed?.()
    return Effect.callback<never>((resume) => {
      const release = () => resume(Effect.interrupt)
      waiting.add(release)
      return Effect.sync(() => {
        waiting.delete(release)
        // Who gave up waiting, in a race or after a timeout, does not ask any more.
        if (!this.closed) questions.delete(key)
      })
    })
  }

  /** What runs once may ask as well; while it waits for the answer, nothing is under way. */
  private idleWhileAsking(): Service {
    return {
      once: this.once,
      answer: (question) =>
        Effect.suspend(() => {
          this.working--
          return Effect.ensuring(
            this.answer(question),
            Effect.sync(() => {
              this.working++
            })
          )
        })
    }
  }
}

/** An entry of `inputRequests`. What a user does at a page has a name only in sessions. */
const nameless = ({ method, params: { elicitationId: _id, ...params } }: Question): Question => ({
  method,
  params
})
