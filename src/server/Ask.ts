/**
 * Questions a handler puts to its client, written in direct style, whatever the client speaks.
 *
 * In the stateless era a handler that asks may be run again from the top when the answer arrives, on another node,
 * minutes later; questions that were answered then answer at once. So a handler must ask the same questions in the
 * same order when it is run again, and work that must not repeat goes into `once`. In a session the handler waits.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { WebCrypto } from "effect/crypto/WebCrypto"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import type { Root } from "../protocol/Roots.ts"
import type { CreateMessageRequestParams, CreateMessageResult } from "../protocol/Sampling.ts"
import * as SamplingRules from "../protocol/SamplingRules.ts"
import * as ElicitationForm from "./ElicitationForm.ts"
import type { Question } from "./Question.ts"
import * as WebPage from "./WebPage.ts"

export type { Question } from "./Question.ts"
export type { Options as UrlOptions } from "./WebPage.ts"

export class Ask extends Context.Service<
  Ask,
  {
    /** The client's raw answer: an ElicitResult, CreateMessageResult or ListRootsResult. */
    readonly answer: (question: Question) => Effect.Effect<unknown, McpError.McpError>
    /**
     * The same for a question whose answer lets the call be made again, not go on. Absent where a call that asked is
     * made again anyway.
     */
    readonly defer?: (question: Question) => Effect.Effect<unknown, McpError.McpError>
    /** Runs the effect once per logical call, however many rounds of questions the call takes. */
    readonly once: <A, E, R>(
      name: string,
      schema: Schema.Codec<A, unknown>,
      effect: Effect.Effect<A, E, R>
    ) => Effect.Effect<A, E | McpError.McpError, R>
  }
>()("mcp-effect/server/Ask") {}

/** The user said no. */
export class Declined extends Schema.TaggedError<Declined>()("Declined", { message: Schema.String }) {}

/** The user dismissed the question without an answer: closed the window, pressed Escape. */
export class Cancelled extends Schema.TaggedError<Cancelled>()("Cancelled", { message: Schema.String }) {}

/**
 * Asks the user to fill in a form. The schema is a struct of strings, numbers, booleans, choices of strings and lists
 * of such choices; titles, descriptions and defaults come from its annotations. The answer is decoded with it.
 *
 * Fails with `Declined` or `Cancelled` when the user does not answer, and with an `McpError` when the client cannot
 * show forms (-32021) or the answer does not fit (-32602).
 *
 * **Gotchas** Never ask for passwords, keys or payment data in a form: use `elicitUrl`.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 * import * as Ask from "mcp-effect/Ask"
 *
 * const Size = Schema.Struct({ size: Schema.Literals(["S", "M", "L"]).annotate({ title: "Size" }) })
 *
 * export const order = Ask.elicit("Which size?", Size).pipe(
 *   Effect.map(({ size }) => `Ordered in ${size}`),
 *   Effect.catchTag("Declined", () => Effect.succeed("Nothing ordered"))
 * )
 * ```
 */
export const elicit = <A>(
  message: string,
  schema: ElicitationForm.Form<A>
): Effect.Effect<A, McpError.McpError | Declined | Cancelled, Ask> =>
  Effect.suspend(() => {
    const form = ElicitationForm.requestedSchema(schema)
    const decode = Schema.decodeUnknownEffect(schema)
    return Effect.flatMap(
      accepted(message, (ask) =>
        ask.answer({
          method: "elicitation/create",
          params: { mode: "form", message, requestedSchema: form }
        })
      ),
      ({ content = {} }) =>
        JsonRpc.isObject(content)
          ? Effect.mapError(decode(ElicitationForm.read(form, content)), (error) =>
              malformed("elicitation/create", error.message)
            )
          : Effect.fail(malformed("elicitation/create", '"content" must be an object'))
    )
  })

/**
 * A name for what the user will do at a web page, random and the same however often the handler is run: put it into
 * the URL, and remember under it who was asked. When the page is finished, publish `Events.elicitationCompleted`, from
 * wherever that is noticed; the client that was sent there is told, where its revision has a word for it (2025-11-25).
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 * import * as Ask from "mcp-effect/Ask"
 * import * as Events from "mcp-effect/Events"
 * import * as Server from "mcp-effect/Server"
 * import * as Tool from "mcp-effect/Tool"
 *
 * const pay = Tool.handle(
 *   Tool.make("pay", { output: Schema.String }),
 *   Effect.fnUntraced(function* () {
 *     const elicitationId = yield* Ask.elicitationId
 *     yield* Ask.elicitUrl("Please pay", `https://shop.example/pay/${elicitationId}`, { elicitationId })
 *     return "The user is paying"
 *   })
 * )
 * export const server = Server.make({ name: "shop", version: "1.0.0" }, pay)
 *
 * // What the page does when the user has paid.
 * export const paid = (elicitationId: string) => server.events.publish(Events.elicitationCompleted(elicitationId))
 * ```
 */
export const elicitationId: Effect.Effect<string, McpError.McpError, Ask> = Effect.suspend(() =>
  once(
    "elicitationId",
    Schema.String,
    Effect.map(WebCrypto, (crypto) => crypto.randomUUID())
  )
)

/**
 * Asks the user to open a web page, where they can do what must not pass through the client: enter a secret, pay,
 * authorize a third party. Succeeds when the user agreed to open it, which does not mean that they are done there.
 *
 * **Gotchas** The page must make sure that who opens it is who was asked. The URL must not contain secrets or
 * personal data, and must be https outside development.
 */
export const elicitUrl = (
  message: string,
  url: string | URL,
  options: WebPage.Options = {}
): Effect.Effect<void, McpError.McpError | Declined | Cancelled, Ask> =>
  Effect.suspend(() => {
    const question = WebPage.question(message, url, options)
    return Effect.andThen(
      WebPage.inspect(question),
      Effect.asVoid(accepted(message, (ask) => ask.answer(question)))
    )
  })

/**
 * Ends a call that can do nothing before the user has been at a web page, such as one that authorizes a third party.
 * It is made again afterwards, and then finds what it needs; if it does not, it asks again. In 2025-11-25 it fails
 * with -32042 and the client decides when; in 2026-07-28 it is asked like any question. Older clients cannot be sent
 * to a page (-32021, in their words).
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Ask from "mcp-effect/Ask"
 *
 * export const files = (token: string | undefined) =>
 *   token === undefined
 *     ? Ask.requireUrl("Connect your account to list its files", "https://files.example/connect")
 *     : Effect.succeed(["a.txt"])
 * ```
 */
export const requireUrl = (
  message: string,
  url: string | URL,
  options: WebPage.Options = {}
): Effect.Effect<never, McpError.McpError | Declined | Cancelled, Ask> =>
  Effect.suspend(() => {
    const question = WebPage.question(message, url, options)
    // Agreeing to go is not enough to be done: whoever agreed before and is here again is asked once more.
    return Effect.andThen(
      WebPage.inspect(question),
      Effect.forever(accepted(message, (ask) => (ask.defer ?? ask.answer)(question)))
    )
  })

/**
 * Asks the client's model for a message. Fails with an `McpError` when the client has no model for us (-32021), its
 * user said no (-1), or its answer does not fit (-32602). Messages that break the rules for the use of tools are a
 * defect: every tool use must be answered by the next message, which holds nothing but answers.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/client/sampling
 * @deprecated Sampling is deprecated since 2026-07-28 (SEP-2577) and stays at least until 2027-07-28: call a model
 * provider instead.
 */
export const sample = (
  params: CreateMessageRequestParams
): Effect.Effect<CreateMessageResult, McpError.McpError, Ask> =>
  Effect.suspend(() => {
    const problem = SamplingRules.problem(params.messages)
    if (problem !== undefined) return Effect.die(new Error(`Ask.sample: ${problem}`))
    const answered = Effect.flatMap(Ask, (ask) => ask.answer({ method: "sampling/createMessage", params }))
    return Effect.flatMap(answered, (answer) =>
      decoded(
        "sampling/createMessage",
        () => import("../protocol/Sampling.ts").then((it) => it.CreateMessageResult),
        answer
      )
    )
  })

/**
 * The directories and files the client lets this server work on.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/client/roots
 * @deprecated Roots are deprecated since 2026-07-28 (SEP-2577) and stay at least until 2027-07-28: take paths as
 * arguments of tools, resource URIs or configuration.
 */
export const roots: Effect.Effect<ReadonlyArray<Root>, McpError.McpError, Ask> = Effect.suspend(() =>
  Effect.flatMap(
    Effect.flatMap(Ask, (ask) => ask.answer({ method: "roots/list", params: {} })),
    (answer) =>
      Effect.map(
        decoded("roots/list", () => import("../protocol/Roots.ts").then((it) => it.ListRootsResult), answer),
        (result) => result.roots
      )
  )
)

/** The schemas of what is deprecated are loaded by those who still use it, not at the start of every server. */
const decoded = <A>(
  method: string,
  schema: () => Promise<Schema.ConstraintCodec<A, unknown>>,
  answer: unknown
): Effect.Effect<A, McpError.McpError> =>
  Effect.flatMap(Effect.promise(schema), (loaded) =>
    Effect.mapError(Schema.decodeUnknownEffect(loaded)(answer), ({ message }) => malformed(method, message))
  )

/**
 * Runs an effect once per logical call, however many rounds of questions the call takes: its result travels in the
 * journal of the call, encoded with the schema. The same name may be used again for other work in the same call, as
 * in a loop; concurrent work needs different names.
 *
 * **Gotchas** Once is not exactly once. A client that sends an older state again runs it again, as does one that
 * gives up and starts over. For what must never happen twice, use a store of your own.
 */
export const once = <A, E, R>(
  name: string,
  schema: Schema.Codec<A, unknown>,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | McpError.McpError, R | Ask> =>
  Effect.flatMap(Ask, (ask) => ask.once(name, schema, effect))

/**
 * Lets the questions of an effect go by a name in `inputRequests`, for clients that are made for this server and know
 * what it asks. By default a question goes by a fingerprint of what it says.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as Ask from "mcp-effect/Ask"
 *
 * export const name = Ask.elicit("What is your name?", Schema.Struct({ name: Schema.String })).pipe(
 *   Ask.named("user_name")
 * )
 * ```
 */
export const named =
  (name: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R | Ask> =>
    Effect.updateService(effect, Ask, (ask) => {
      const under = (question: Question): Question => ({ ...question, name })
      const { answer, defer, once } = ask
      return {
        answer: (question) => answer(under(question)),
        ...(defer !== undefined && { defer: (question: Question) => defer(under(question)) }),
        once
      }
    })

/** The answer of a user who accepted. */
const accepted = (
  message: string,
  question: (ask: Ask["Service"]) => Effect.Effect<unknown, McpError.McpError>
): Effect.Effect<JsonRpc.Params, McpError.McpError | Declined | Cancelled, Ask> =>
  Effect.flatMap(Ask, (ask) =>
    Effect.flatMap(
      question(ask),
      (answer): Effect.Effect<JsonRpc.Params, McpError.McpError | Declined | Cancelled> => {
        switch (JsonRpc.isObject(answer) ? answer["action"] : undefined) {
          case "accept":
            return Effect.succeed(answer as JsonRpc.Params)
          case "decline":
            return Effect.fail(new Declined({ message: `The user declined: ${message}` }))
          case "cancel":
            return Effect.fail(
              new Cancelled({ message: `The user closed the question unanswered: ${message}` })
            )
          default:
            return Effect.fail(
              malformed("elicitation/create", '"action" must be "accept", "decline" or "cancel"')
            )
        }
      }
    )
  )

const malformed = (method: string, why: string) =>
  McpError.invalidParams(`The answer to ${method} does not fit: ${why}`)
