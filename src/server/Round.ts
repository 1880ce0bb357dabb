/** `Ask` while a handler is played: what the journal knows is answered at once, the rest is collected. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import { Ask } from "./Ask.ts"
import type { Done, Journal } from "./Journal.ts"
import { numbering, print, type Question, refusal, within } from "./Question.ts"

type Service = Ask["Service"]

/**
 * What runs once: the work it is part of, the names it used, and how many of its questions are open. Once it is done it
 * is passed over, and then the names must be, too: others count on.
 */
interface Work {
  readonly outer: Work | undefined
  readonly names: Array<string>
  asking: number
}

/** Made for every call, so it holds nothing before the first question. */
export class Round implements Service {
  private readonly past: Journal
  private readonly capabilities: JsonRpc.Params
  private number: ((name: string) => string) | undefined
  private questions: Map<string, Question> | undefined
  private done: Map<string, Done> | undefined
  private waiting: Set<() => void> | undefined
  private changed: (() => void) | undefined
  private working = 0
  private closed = false

  constructor(past: Journal, capabilities: JsonRpc.Params) {
    this.past = past
    this.capabilities = capabilities
  }

  readonly answer: Service["answer"] = (wanted) => this.ask(wanted, undefined)
  readonly once: Service["once"] = (name, schema, effect) => this.work(name, schema, effect, undefined)

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

  private ask(wanted: Question, work: Work | undefined): Effect.Effect<unknown, McpError.McpError> {
    return Effect.suspend(() => {
      const refused = refusal(wanted, this.capabilities)
      if (refused !== undefined) return Effect.fail(refused)
      const question = within(wanted, this.capabilities)
      const key = this.name(question.name ?? print(question), work)
      return this.past.answers.has(key)
        ? Effect.succeed(this.past.answers.get(key))
        : this.wait(key, question, work)
    })
  }

  private work<A, E, R>(
    name: string,
    schema: Schema.Codec<A, unknown>,
    effect: Effect.Effect<A, E, R>,
    outer: Work | undefined
  ): Effect.Effect<A, E, R> {
    return Effect.suspend(() => {
      const key = this.name(`once ${name}`, outer)
      const codec = Schema.toCodecJson(schema)
      const before = this.past.done.get(key)
      if (before !== undefined) {
        const [value, names] = before
        for (const used of names) this.name(used, outer)
        return Effect.orDie(Schema.decodeUnknownEffect(codec)(value))
      }
      const work: Work = { outer, names: [], asking: 0 }
      this.working++
      return Effect.ensuring(
        Effect.tap(Effect.provideService(effect, Ask, this.inside(work)), (value) =>
          Effect.map(Effect.orDie(Schema.encodeEffect(codec)(value)), (encoded) => {
            this.done ??= new Map()
            this.done.set(key, [encoded, work.names])
          })
        ),
        Effect.sync(() => {
          this.working--
          this.changed?.()
        })
      )
    })
  }

  /** What runs once may ask as well, and run other things once. */
  private inside(work: Work): Service {
    return {
      answer: (question) => this.ask(question, work),
      once: (name, schema, effect) => this.work(name, schema, effect, work)
    }
  }

  private name(name: string, work: Work | undefined): string {
    this.number ??= numbering()
    for (let each = work; each !== undefined; each = each.outer) each.names.push(name)
    return this.number(name)
  }

  /** While work waits for an answer, nothing of it is under way, nor of the work it belongs to. */
  private idle(work: Work | undefined): () => void {
    for (let each = work; each !== undefined; each = each.outer) if (each.asking++ === 0) this.working--
    return () => {
      for (let each = work; each !== undefined; each = each.outer) if (--each.asking === 0) this.working++
    }
  }

  private wait(key: string, question: Question, work: Work | undefined): Effect.Effect<never> {
    if (this.closed) return Effect.interrupt
    this.questions ??= new Map()
    this.waiting ??= new Set()
    const { questions, waiting } = this
    questions.set(key, nameless(question))
    const resumed = this.idle(work)
    this.changed?.()
    return Effect.callback<never>((resume) => {
      const release = () => resume(Effect.interrupt)
      waiting.add(release)
      return Effect.sync(() => {
        waiting.delete(release)
        resumed()
        // Who gave up waiting, in a race or after a timeout, does not ask any more.
        if (!this.closed) questions.delete(key)
      })
    })
  }
}

/** An entry of `inputRequests`. What a user does at a page has a name only in sessions. */
const nameless = ({ method, params: { elicitationId: _id, ...params } }: Question): Question => ({
  method,
  params
})
