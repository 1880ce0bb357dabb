/** A server that gives everything it says the secret of its caller, and ways to say who calls. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Ask from "mcp-effect/Ask"
import * as Exchange from "mcp-effect/Exchange"
import * as Log from "mcp-effect/Log"
import * as Progress from "mcp-effect/Progress"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import { type Asked } from "../http/faces.ts"

export const turn = Effect.promise(() => new Promise((resolve) => void setImmediate(resolve)))

/** Lets others run for a while that differs from secret to secret. */
export const while_ = (secret: string) =>
  Effect.repeat(turn, { times: secret.charCodeAt(secret.length - 1) % 4 })

const Answer = Schema.Struct({ secret: Schema.String })

/** Gives everything it says the secret of its caller, between the turns of others. */
export const telling = () =>
  Server.make(
    { name: "telling", version: "1.0.0" },
    Tool.handle(
      Tool.make("tell", { input: { secret: Schema.String }, output: Schema.String }),
      Effect.fnUntraced(function* ({ secret }) {
        yield* while_(secret)
        yield* Progress.report(1, 2, secret)
        yield* Log.send("info", secret)
        yield* while_(secret)
        return secret
      })
    ),
    Tool.handle(
      Tool.make("ask", { input: { secret: Schema.String }, output: Schema.String }),
      Effect.fnUntraced(function* ({ secret }) {
        yield* while_(secret)
        const answer = yield* Ask.elicit(secret, Answer)
        return `${secret} ${answer.secret}`
      })
    )
  )

/** Whoever says a name has it; without one nobody gets in. */
export const named: Exchange.Guard = {
  admit: ({ header }) => {
    const name = header("x-user")
    return name === undefined
      ? Effect.fail({ status: 401, headers: {}, body: "" })
      : Effect.succeed(Context.make(Exchange.Caller, name))
  }
}
export const as = (user: string) => ({ "x-user": user })
export const listening = { accept: "text/event-stream" }
export const having = ({ headers, ...asked }: Asked, more: Asked["headers"]): Asked => ({
  ...asked,
  headers: { ...headers, ...more }
})
