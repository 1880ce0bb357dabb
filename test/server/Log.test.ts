import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Invocation from "../../src/server/Invocation.ts"
import * as Log from "../../src/server/Log.ts"
import * as Progress from "../../src/server/Progress.ts"
import * as Resource from "../../src/server/Resource.ts"
import * as Server from "../../src/server/Server.ts"
import { ask } from "./ask.ts"

const info = { name: "demo", version: "1.0.0" }
const everything = Effect.gen(function* () {
  yield* Effect.logTrace("trace")
  yield* Effect.logDebug("debug")
  yield* Effect.logInfo("info")
  yield* Log.send("notice", { a: 1 }, "hand")
  yield* Effect.logWarning("warning")
  yield* Effect.logError("error")
  yield* Effect.logFatal("fatal")
  yield* Log.send("alert", "alert")
  return ""
})
const serve = <R>(handler: Effect.Effect<string, never, R>) =>
  Server.make(
    info,
    Resource.make("a://b", {}, () => handler)
  )
const levels = (logLevel?: string) =>
  Effect.map(
    ask(serve(everything), "resources/read", { uri: "a://b" }, logLevel === undefined ? {} : { logLevel }),
    ({ said }) => said.map(({ params }) => params["level"])
  )
/** Runs with a process that logs into a list, from `info` on. */
const process = <A, E, R>(effect: Effect.Effect<A, E, R>) => {
  const printed: Array<unknown> = []
  const logger = Logger.make<unknown, void>(({ message }) => void printed.push(message))
  return Effect.map(
    effect.pipe(
      Effect.provideService(Logger.CurrentLoggers, new Set<Logger.Logger<unknown, unknown>>([logger])),
      Effect.provideService(References.MinimumLogLevel, "Info")
    ),
    (value) => ({ value, printed })
  )
}

describe("Log", () => {
  it.effect("S069: what a handler logs reaches the peer at and above the level it asked for, in order", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* levels("debug"), [
        "debug",
        "debug",
        "info",
        "notice",
        "warning",
        "error",
        "critical",
        "alert"
      ])
      assert.deepStrictEqual(yield* levels("info"), [
        "info",
        "notice",
        "warning",
        "error",
        "critical",
        "alert"
      ])
      assert.deepStrictEqual(yield* levels("notice"), ["notice", "warning", "error", "critical", "alert"])
      assert.deepStrictEqual(yield* levels("error"), ["error", "critical", "alert"])
      assert.deepStrictEqual(yield* levels("alert"), ["alert"])
      assert.deepStrictEqual(yield* levels("emergency"), [])
    })
  )

  it.effect("LOG-3: a peer that did not ask hears nothing", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* levels(), [])
    })
  )

  it.effect("LOG-5: an unknown level is refused", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(levels("loud"))
      assert.strictEqual(error.code, -32602)
      assert.match(error.message, /"loud": use one of debug, info/)
    })
  )

  it.effect("S212: a server without logging stays silent whatever is asked", () =>
    Effect.gen(function* () {
      const server = Server.make(
        { ...info, logging: false },
        Resource.make("a://b", {}, () => everything)
      )
      const { said } = yield* ask(server, "resources/read", { uri: "a://b" }, { logLevel: "debug" })
      assert.deepStrictEqual(said, [])
      assert.isFalse("logging" in server.capabilities)
    })
  )

  it.effect("S069: the process prints what it printed before, whatever the peer asked for", () =>
    Effect.gen(function* () {
      for (const logLevel of ["debug", "error"]) {
        const { printed, value } = yield* process(levels(logLevel))
        assert.deepStrictEqual(printed, [["info"], ["warning"], ["error"], ["fatal"]], logLevel)
        assert.strictEqual(value.length, logLevel === "debug" ? 8 : 3)
      }
    })
  )

  it.effect("LOG-7: messages name their logger and keep their annotations and values", () =>
    Effect.gen(function* () {
      const handler = Effect.gen(function* () {
        yield* Effect.logInfo({ rows: 3n })
        yield* Effect.logInfo("two", "parts")
        yield* Effect.logInfo("annotated").pipe(Effect.annotateLogs({ logger: "db", table: "users" }))
        return ""
      })
      const { said } = yield* ask(serve(handler), "resources/read", { uri: "a://b" }, { logLevel: "info" })
      assert.deepStrictEqual(
        said.map(({ params }) => params),
        [
          { level: "info", data: { rows: "3" } },
          { level: "info", data: ["two", "parts"] },
          { level: "info", logger: "db", data: { message: "annotated", table: "users" } }
        ]
      )
    })
  )

  it.effect("LOG-8: of an error only its name goes out, of a cause nothing", () =>
    Effect.gen(function* () {
      const secret = new Error("database password is hunter2")
      const circular: { self?: unknown } = {}
      circular.self = circular
      const handler = Effect.gen(function* () {
        yield* Effect.logError("failed", secret)
        yield* Effect.logError("failed", Cause.die(secret))
        yield* Effect.logError({ nested: { error: secret } })
        yield* Effect.logError(circular)
        return ""
      })
      const { said } = yield* ask(serve(handler), "resources/read", { uri: "a://b" }, { logLevel: "info" })
      assert.strictEqual(said.length, 4)
      assert.notInclude(JSON.stringify(said), "hunter2")
      assert.deepStrictEqual(said[0]?.params["data"], ["failed", "Error"])
    })
  )

  it.effect("LOG-8: of an error that has a JSON form of its own only its name goes out, too", () =>
    Effect.gen(function* () {
      class Refused extends Data.TaggedError("Refused")<{ readonly password: string }> {}
      const secret = new Refused({ password: "hunter2" })
      const handler = Effect.gen(function* () {
        yield* Effect.logError("failed", secret)
        yield* Log.send("error", { nested: [secret] })
        yield* Log.send("error", Cause.fail(secret))
        return ""
      })
      const { said } = yield* ask(serve(handler), "resources/read", { uri: "a://b" }, { logLevel: "info" })
      assert.notInclude(JSON.stringify(said), "hunter2")
      assert.deepStrictEqual(said[0]?.params["data"], ["failed", "Refused"])
      assert.deepStrictEqual(said[1]?.params["data"], { nested: ["Refused"] })
    })
  )

  it.effect(
    "LOG-8, LOG-9: what is sent by hand is made fit to be sent, and keeps secrets and errors back",
    () =>
      Effect.gen(function* () {
        const secret = new Error("database password is hunter2")
        const handler = Effect.gen(function* () {
          for (const data of [
            { rows: 3n },
            secret,
            { nested: [secret] },
            Redacted.make("hunter2"),
            undefined
          ]) {
            yield* Log.send("info", data)
          }
          return ""
        })
        const { said } = yield* ask(serve(handler), "resources/read", { uri: "a://b" }, { logLevel: "info" })
        assert.deepStrictEqual(
          said.map(({ params }) => params["data"]),
          [{ rows: "3" }, "Error", { nested: ["Error"] }, "<redacted>", null]
        )
      })
  )

  it.effect("S069: what is logged in a mounted server, or in a request made by a handler, is said once", () =>
    Effect.gen(function* () {
      const noisy = serve(Effect.as(Effect.logInfo("one"), ""))
      const outer = Server.make(
        info,
        Server.mount("in", noisy),
        Resource.make("a://c", {}, () => Effect.as(Invocation.read("a://b"), ""))
      )
      for (const uri of ["a://b", "a://c"]) {
        const { said } = yield* ask(outer, "resources/read", { uri }, { logLevel: "info" })
        assert.deepStrictEqual(
          said.map(({ params }) => params["data"]),
          ["one"],
          uri
        )
      }
    })
  )

  it.effect("S069: logs and progress keep their order", () =>
    Effect.gen(function* () {
      const handler = Effect.gen(function* () {
        yield* Effect.logInfo("one")
        yield* Progress.report(1)
        yield* Effect.logInfo("two")
        yield* Progress.report(2)
        return ""
      })
      const { said } = yield* ask(
        serve(handler),
        "resources/read",
        { uri: "a://b" },
        { logLevel: "info", progressToken: 1 }
      )
      assert.deepStrictEqual(
        said.map(({ params }) => params["data"] ?? params["progress"]),
        ["one", 1, "two", 2]
      )
    })
  )
})
