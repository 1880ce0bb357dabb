/** Whose request it is stays true through every turn: principals, session ids, credentials, request contexts. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import * as Exchange from "mcp-effect/Exchange"
import * as Limits from "mcp-effect/Limits"
import * as Server from "mcp-effect/Server"
import * as StreamableServer from "mcp-effect/StreamableServer"
import * as Tool from "mcp-effect/Tool"
import { AsyncLocalStorage } from "node:async_hooks"
import * as Bearer from "../../src/auth/Bearer.ts"
import { Verifier } from "../../src/auth/TokenVerifier.ts"
import { overFunction } from "../http/faces.ts"
import { initialize, legacy, modern, open, request } from "../http/messages.ts"
import { baseline } from "./baseline.ts"
import { telling, turn, while_ } from "./telling.ts"

describe("callers", () => {
  it.live(
    "B4: a session is of one issuer, subject and client; another token of the same goes on with it",
    () =>
      Effect.gen(function* () {
        const resource = "http://localhost:3000/mcp"
        const guard = Bearer.guard({ resource, authorizationServers: ["https://login.example.com"] })
        /** Tokens that say what they are: issuer, subject, client, and a serial number. */
        const verifier = Layer.succeed(Verifier, {
          verify: (token) => {
            const [issuer = "", subject = "", client] = Buffer.from(Redacted.value(token), "base64url")
              .toString()
              .split(" ")
            return Effect.succeed({
              issuer,
              subject,
              client,
              audience: [resource],
              scopes: [],
              expiresAt: undefined,
              notBefore: undefined,
              claims: {}
            })
          }
        })
        const handler = yield* Effect.provide(StreamableServer.handler(telling(), { guard }), verifier)
        const peer = overFunction(handler)
        const bearing = (text: string) => ({
          authorization: `Bearer ${Buffer.from(text).toString("base64url")}`
        })
        const own = "https://one.example ada app"
        const session = yield* open(peer, "2025-11-25", {}, bearing(`${own} 1`))
        const ping = (text: string) =>
          Effect.map(
            peer.ask(legacy(request(1, "ping"), { ...session, ...bearing(text) })),
            ({ status }) => status
          )
        assert.strictEqual(yield* ping(`${own} 2`), 200, "a token that was renewed")
        for (const other of [
          "https://two.example ada app",
          "https://one.example bob app",
          "https://one.example ada other",
          "https://one.example Ada app"
        ]) {
          assert.strictEqual(yield* ping(`${other} 1`), 404, other)
        }
        assert.strictEqual(yield* ping(`${own} 3`), 200)
      }).pipe(baseline)
  )

  it.live("B5, SEC-14: ids of sessions are random in every place, and stand in no log", () => {
    const logged: Array<unknown> = []
    return Effect.gen(function* () {
      const peer = overFunction(yield* StreamableServer.handler(telling()))
      const ids = new Set<string>()
      const seen = new Map<string, number>()
      for (let made = 0; made < 2000; made++) {
        const id = (yield* peer.ask(legacy(initialize("2025-11-25")))).headers["mcp-session-id"]!
        assert.match(id, /^[A-Za-z0-9_-]{32}$/, "192 bits")
        ids.add(id)
        for (const [place, letter] of [...id].entries()) {
          const key = `${place}${letter}`
          seen.set(key, (seen.get(key) ?? 0) + 1)
        }
      }
      assert.strictEqual(ids.size, 2000)
      // 2000 of 64 letters in each of 32 places: 31 of each, and never 90 by chance.
      assert.isBelow(Math.max(...seen.values()), 90)
      assert.isAbove(seen.size, 32 * 60)
      const [id] = ids
      yield* peer.ask(legacy(request(1, "nothing/of/that/name"), { "mcp-session-id": id! }))
      yield* peer.ask({ method: "DELETE", headers: { "mcp-session-id": id! } })
      for (const each of ids) assert.notInclude(logged.join("\n"), each)
    }).pipe(baseline, Effect.provide(Limits.layer({ sessions: 2000 })), Effect.provide(recording(logged)))
  })

  it.live("B7: a thousand callers at a time: what is called for each carries what is theirs", () =>
    Effect.gen(function* () {
      const upstream: Array<readonly [tenant: string, credential: string]> = []
      class Credential extends Context.Service<Credential, { readonly token: string }>()("test/Credential") {}
      const server = Server.make(
        { name: "gateway", version: "1.0.0" },
        Tool.handle(
          Tool.make("fetch", { input: { tenant: Schema.String } }),
          Effect.fnUntraced(function* ({ tenant }) {
            yield* while_(tenant)
            const { token } = yield* Credential
            yield* while_(token)
            upstream.push([tenant, token])
          })
        )
      )
      const guard: Exchange.Guard<Credential> = {
        admit: ({ header }) => {
          const token = header("x-token") ?? ""
          const known = Context.add(Context.make(Credential, { token }), Exchange.Caller, token)
          return Effect.as(while_(token), known)
        }
      }
      const peer = overFunction(yield* StreamableServer.handler(server, { guard }))
      const tenants = Array.from({ length: 1000 }, (_, index) => `tenant-${index}`)
      yield* Effect.forEach(
        tenants,
        (tenant) => {
          const params = { name: "fetch", arguments: { tenant } }
          return peer.ask(modern("tools/call", params, { headers: { "x-token": `token of ${tenant}` } }))
        },
        { concurrency: "unbounded", discard: true }
      )
      assert.strictEqual(upstream.length, 1000)
      for (const [tenant, token] of upstream) assert.strictEqual(token, `token of ${tenant}`)
    }).pipe(baseline)
  )

  it.live(
    "B8: what a library keeps per request in AsyncLocalStorage is of that request, in the handler too",
    () =>
      Effect.gen(function* () {
        const storage = new AsyncLocalStorage<string>()
        const started = yield* Deferred.make<void>()
        const server = Server.make(
          { name: "als", version: "1.0.0" },
          Tool.handle(
            Tool.make("who", { input: { me: Schema.String }, output: Schema.String }),
            Effect.fnUntraced(function* ({ me }) {
              const before = storage.getStore()
              yield* Deferred.await(started)
              yield* Effect.yieldNow
              yield* while_(me)
              const inside = yield* Effect.promise(() => storage.run(me, async () => storage.getStore()))
              yield* Effect.yieldNow
              return [before, inside, storage.getStore()].join()
            })
          )
        )
        const handler = yield* StreamableServer.handler(server)
        const asked = (me: string) => {
          const { body, headers } = modern("tools/call", { name: "who", arguments: { me } })
          return new Request("http://localhost/mcp", {
            method: "POST",
            headers: { ...headers },
            body: String(body)
          })
        }
        const everybody = Array.from({ length: 5000 }, (_, index) => `user-${index}`)
        const answers = everybody.map((me) => storage.run(me, () => handler(asked(me))))
        yield* turn
        yield* Deferred.succeed(started, undefined)
        const wrong: Array<string> = []
        for (const [index, answer] of answers.entries()) {
          const { result } = (yield* Effect.promise(async () => (await answer).json())) as {
            readonly result: { readonly content: ReadonlyArray<{ readonly text: string }> }
          }
          const me = everybody[index]!
          for (const found of result.content[0]!.text.split(",")) {
            if (found !== me) wrong.push(`${me} found ${found}`)
          }
        }
        assert.deepStrictEqual(wrong.slice(0, 5), [], `${wrong.length} wrong`)
      }).pipe(baseline)
  )
})

/** Everything that is logged, from the least important on. */
const recording = (logged: Array<unknown>) =>
  Layer.merge(
    Logger.layer([Logger.make(({ cause, message: said }) => void logged.push(said, cause))]),
    Layer.succeed(References.MinimumLogLevel, "All")
  )
