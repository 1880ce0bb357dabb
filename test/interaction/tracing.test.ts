/** A trace goes on at the other end, whatever carries it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import * as Client from "mcp-effect/Client"
import * as Loopback from "mcp-effect/Loopback"
import * as Prompt from "mcp-effect/Prompt"
import * as Revisions from "mcp-effect/Revisions"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"

const work = Effect.withSpan(Effect.succeed("done"), "work")
const server = Server.make(
  { name: "traced", version: "1.0.0" },
  Tool.handle(Tool.make("work", { input: { hours: Schema.optionalKey(Schema.Int) } }), () => work),
  Prompt.make("ask", {}, () => work)
)

/** The spans that a program opens, at both ends: both are in this process. */
const spansOf = (
  version: string,
  program: (client: Client.Service) => Effect.Effect<unknown, Client.ClientError>
) =>
  Effect.gen(function* () {
    const spans: Array<Tracer.Span> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      }
    })
    const client = Client.layer({ name: "test", version: "1.0.0", versions: [version] })
    yield* Effect.flatMap(Client.Client, program).pipe(
      Effect.provide(Layer.provide(client, Loopback.layer(server))),
      Effect.provideService(Tracer.Tracer, tracer)
    )
    return spans
  })
const parentOf = (span: Tracer.Span | undefined) =>
  Option.getOrUndefined(span?.parent ?? Option.none())?.spanId

for (const { version } of Revisions.all) {
  describe(`tracing at ${version}`, () => {
    it.effect("TRACE-1: what a handler does is part of the trace of the call that asked for it", () =>
      Effect.gen(function* () {
        const [outer, call, inner] = yield* spansOf(version, (client) =>
          Effect.withSpan(client.callTool("work"), "outer")
        )
        assert.deepStrictEqual([outer?.name, call?.name, inner?.name], ["outer", "tools/call work", "work"])
        assert.strictEqual(call?.kind, "server")
        assert.strictEqual(call?.attributes.get("mcp.method.name"), "tools/call")
        assert.strictEqual(call?.attributes.get("gen_ai.tool.name"), "work")
        assert.strictEqual(parentOf(call), outer?.spanId)
        assert.strictEqual(parentOf(inner), call?.spanId)
        assert.strictEqual(inner?.traceId, outer?.traceId)
      })
    )

    it.effect("TRACE-1: an application may say by itself which trace a request belongs to", () =>
      Effect.gen(function* () {
        const traceId = "0af7651916cd43dd8448eb211c80319c"
        const traceparent = `00-${traceId}-b7ad6b7169203331-01`
        const spans = yield* spansOf(version, (client) =>
          Effect.withSpan(client.getPrompt("ask", undefined, { meta: { traceparent } }), "outer")
        )
        assert.deepStrictEqual(
          spans.slice(1).map((span) => [span.name, span.traceId]),
          [
            ["prompts/get ask", traceId],
            ["work", traceId]
          ]
        )
      })
    )

    it.effect("who does not trace sends nothing and pays for no span", () =>
      Effect.gen(function* () {
        const spans = yield* spansOf(version, (client) => client.callTool("work"))
        assert.deepStrictEqual(
          spans.map(({ name }) => name),
          ["work"]
        )
        const off = yield* spansOf(version, (client) =>
          client
            .callTool("work")
            .pipe(Effect.provideService(Tracer.DisablePropagation, true), Effect.withSpan("outer"))
        )
        assert.notInclude(
          off.map(({ name }) => name),
          "tools/call work"
        )
      })
    )
  })
}
