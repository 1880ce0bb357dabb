/**
 * What stands before every endpoint, in one order: the origin of the request, what its head must look like, who is
 * calling, and then its body.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { Outbox } from "../../Connection.ts"
import * as Exchange from "../../http/Exchange.ts"
import type { Guard, Head, Reply } from "../../http/Exchange.ts"
import * as Origin from "../../http/Origin.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as McpError from "../../protocol/McpError.ts"
import { flat } from "../Flat.ts"
import * as Limits from "../Limits.ts"
import type { Out, Sink } from "./Out.ts"
import * as Replies from "./Replies.ts"
import { type Caller, type Shared, track } from "./Shared.ts"

/** The body of a request, or what became of it. */
export type Body = { readonly text: string } | "too large" | "not UTF-8"

/** One HTTP request, as a face brings it. */
export interface Incoming {
  readonly head: Head
  readonly out: Out
  /** Reads the body, `limit` bytes at most, and calls back once; never if the client goes away before. */
  readonly body: (limit: number, done: (body: Body) => void) => void
}

/** A request that was let in. */
export interface Admitted<R> {
  readonly caller: Caller<R>
  readonly head: Head
  readonly out: Out
  /** Reads the body as JSON. What is none is answered here. */
  readonly json: (done: (value: unknown) => void) => void
}

/** Which requests an endpoint takes, by their heads. */
export interface Screen {
  /** For `Allow`, and for browsers that ask beforehand. */
  readonly methods: string
  readonly refuse: (head: Head) => Reply | undefined
}

export type Door<R> = (incoming: Incoming, screen: Screen, admitted: (request: Admitted<R>) => void) => void

export const make = <R, P, GR>(
  services: Context.Context<Exclude<R, P> | GR>,
  { limits, running }: Pick<Shared<never>, "limits" | "running">,
  options: Origin.OriginOptions & { readonly guard?: Guard<P, GR> }
): Door<R> => {
  const origin = Origin.make(options)
  const enter = entrance<R, P, GR>(services, options.guard, running)
  return (incoming, screen, admitted) => {
    const { head } = incoming
    const { cors, refusal } = origin(head)
    const out = cors === Origin.none ? incoming.out : decorated(incoming.out, cors)
    if (refusal !== undefined) return out.reply(refusal)
    if (head.method === "OPTIONS" && cors !== Origin.none) {
      return out.reply(Origin.preflight(cors, screen.methods))
    }
    const refused = screen.refuse(head)
    if (refused !== undefined) return out.reply(refused)
    enter(head, out, (caller) =>
      admitted({
        caller,
        head,
        out,
        json: (done) =>
          incoming.body(limits.bodyBytes, (body) => {
            const parsed = parse(body, limits)
            if (parsed._tag === "Json") done(parsed.json)
            else out.reply(parsed.reply)
          })
      })
    )
  }
}

type Parsed =
  | { readonly _tag: "Json"; readonly json: unknown }
  | { readonly _tag: "Refused"; readonly reply: Reply }

const parse = (body: Body, { bodyBytes, depth }: Limits.Limits): Parsed => {
  if (body === "too large") {
    return { _tag: "Refused", reply: Replies.refuse(413, `A body may have at most ${bodyBytes} bytes`) }
  }
  if (body === "not UTF-8") return { _tag: "Refused", reply: Replies.unreadable("the body is not UTF-8") }
  let json: unknown
  try {
    json = JSON.parse(body.text)
  } catch {
    return { _tag: "Refused", reply: Replies.unreadable("the body is not valid JSON") }
  }
  return Limits.deeperThan(depth, json)
    ? { _tag: "Refused", reply: Replies.refuse(400, `Objects and arrays may nest ${depth} deep`) }
    : { _tag: "Json", json }
}

type Entrance<R> = (head: Head, out: Out, admitted: (caller: Caller<R>) => void) => void

/** Lets callers in: at once where nobody asks who they are, else when the guard has decided. */
const entrance = <R, P, GR>(
  services: Context.Context<Exclude<R, P> | GR>,
  guard: Guard<P, GR> | undefined,
  running: Shared<R>["running"]
): Entrance<R> => {
  const anybody = caller(flat(services as Context.Context<R>), undefined)
  if (guard === undefined) return (_head, _out, admitted) => admitted(anybody)
  const fork = Effect.runForkWith(services as Context.Context<GR>)
  return (head, out, admitted) => {
    const settle = (decided: Decided<P>) => {
      if ("refusal" in decided) return out.reply(decided.refusal)
      admitted(caller(Context.merge(services, decided.granted) as Context.Context<R>, guard.forbid))
    }
    const fiber = fork(decide(Effect.suspend(() => guard.admit(head))))
    const exit = fiber.pollUnsafe()
    if (exit !== undefined) return Exit.isSuccess(exit) ? settle(exit.value) : undefined
    track(running, fiber)
    out.onGone(() => fiber.interruptUnsafe())
    fiber.addObserver((late) => {
      if (Exit.isSuccess(late)) settle(late.value)
    })
  }
}

type Decided<P> = { readonly granted: Context.Context<P> } | { readonly refusal: Reply }

/** What a guard decides. A guard that breaks lets nobody in, and tells nobody why. */
const decide = <P, GR>(
  admission: Effect.Effect<Context.Context<P>, Reply, GR>
): Effect.Effect<Decided<P>, never, GR> =>
  Effect.matchCauseEffect(admission, {
    onSuccess: (granted): Effect.Effect<Decided<P>> => Effect.succeed({ granted }),
    onFailure: (cause): Effect.Effect<Decided<P>> => {
      const refusal = Cause.findErrorOption(cause)
      return Option.isSome(refusal)
        ? Effect.succeed({ refusal: refusal.value })
        : Effect.as(Effect.logError("The guard failed", cause), { refusal: broken })
    }
  })

const broken = Replies.of(
  500,
  JsonRpc.failure(undefined, { code: McpError.code.InternalError, message: "Internal error" })
)

const caller = <R>(services: Context.Context<R>, forbid: Guard["forbid"]): Caller<R> => ({
  identity: Context.get(services, Exchange.Caller),
  until: Context.get(services, Exchange.Until),
  services,
  forbid,
  fork: Effect.runForkWith(services as Context.Context<R | Outbox>)
})

/** Adds headers to whatever is answered. */
const decorated = (out: Out, extra: Reply["headers"]): Out => ({
  reply: (reply) => out.reply({ ...reply, headers: { ...reply.headers, ...extra } }),
  open: (status, headers): Sink => out.open(status, { ...headers, ...extra }),
  onGone: (listener) => out.onGone(listener)
})
