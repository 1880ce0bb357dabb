/**
 * Rows D7, D8, D9 and D14 of the known faults: no request of any revision gets in without its own good token, over
 * any face, and a good token does what it was given for and nothing else.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Bearer from "mcp-effect/Bearer"
import type * as Exchange from "mcp-effect/Exchange"
import * as Principal from "mcp-effect/Principal"
import * as Prompt from "mcp-effect/Prompt"
import * as Resource from "mcp-effect/Resource"
import * as Scopes from "mcp-effect/Scopes"
import * as Server from "mcp-effect/Server"
import type * as StreamableServer from "mcp-effect/StreamableServer"
import * as Tool from "mcp-effect/Tool"
import * as Verifier from "mcp-effect/Verifier"
import { connect } from "node:net"
import * as Methods from "../../src/protocol/Methods.ts"
import { type Asked, faces, type Peer } from "../http/faces.ts"
import {
  call,
  initialize,
  json,
  legacy,
  message,
  modern,
  notification,
  open,
  request
} from "../http/messages.ts"
import { having } from "./telling.ts"

const keys = { ada: "ada-0123456789abcdef", admin: "admin-0123456789abcdef", poor: "poor-0123456789abcdef" }
const as = (who: keyof typeof keys) => ({ authorization: `Bearer ${keys[who]}` })

const verifier = Verifier.keys([
  { key: Redacted.make(keys.ada), subject: "ada", scopes: ["use"] },
  { key: Redacted.make(keys.admin), subject: "root", scopes: ["use", "admin"] },
  { key: Redacted.make(keys.poor), subject: "bob", scopes: ["other"] }
])

const bearer = Bearer.guard({
  resource: "http://localhost:3000/mcp",
  authorizationServers: ["https://login.example.com"],
  scopes: ["use"]
})
const metadata = "http://localhost:3000/.well-known/oauth-protected-resource/mcp"

/** The guard with its verifier, so that every face takes it. */
const guarded = Effect.map(Layer.build(verifier), (context): Exchange.Guard<Principal.Principal> => ({
  ...bearer,
  admit: (head) => Effect.provideContext(bearer.admit(head), context)
}))

const make = (ran: Array<string>) => {
  const hidden = { visible: () => Scopes.has("admin") }
  const tell = (what: string) => Effect.sync(() => (ran.push(what), what))
  return Server.make(
    { name: "protected", version: "1.0.0" },
    Tool.handle(Tool.make("whoami", { output: Schema.String }), () =>
      Effect.tap(
        Effect.map(Principal.Principal, ({ subject }) => subject),
        () => tell("whoami")
      )
    ),
    Tool.handle(Tool.make("change", { output: Schema.String }), () =>
      Effect.andThen(Scopes.require("use", "admin"), tell("change"))
    ),
    Tool.handle(Tool.make("wipe", { output: Schema.String }), () => tell("wipe"), hidden),
    Resource.make("file:///secret", { name: "secret", ...hidden }, () => tell("secret")),
    Prompt.make("hush", hidden, () => tell("hush"))
  )
}

type Open = (
  server: Server.Server<Principal.Principal>,
  options: StreamableServer.Options<Principal.Principal, never>
) => Effect.Effect<Peer, never, Scope.Scope>

/** A face does not care what its guard provides. */
const protecting = (open: (typeof faces)[number][1]) => open as unknown as Open

/** A server with everything turned on, over a face. */
const start = Effect.fnUntraced(function* (open: Open) {
  const ran: Array<string> = []
  const guard = yield* guarded
  return { peer: yield* open(make(ran), { guard, sse: true, health: true }), ran }
})

const listening = { accept: "text/event-stream" }

/** Every request there is, of each way to speak with a server. */
const requests = (session: Asked["headers"], messages: string): ReadonlyArray<Asked> => {
  const params: { readonly [method: string]: object } = {
    "tools/call": { name: "whoami", arguments: {} },
    "resources/read": { uri: "file:///secret" },
    "prompts/get": { name: "hush" },
    initialize: initialize("2025-11-25").params
  }
  const methods = Object.keys(Methods.fromClient)
  const of = (method: string) => ({ ...params[method] })
  return [
    ...methods.map((method) => modern(method, of(method))),
    ...methods.map((method) => legacy(request(1, method, of(method)), session)),
    ...methods.map((method) => legacy(request(1, method, of(method)), {}, messages)),
    legacy(initialize("2025-11-25")),
    legacy([call(1, "whoami"), call(2, "whoami")], { ...session, "mcp-protocol-version": "2025-03-26" }),
    legacy(notification("notifications/initialized"), session),
    legacy("not a message", session),
    { ...legacy(undefined), body: "{" },
    { ...legacy(undefined), body: "[".repeat(100_000) },
    { headers: { ...listening, ...session } },
    { headers: { ...listening, ...session, "last-event-id": "0_1" } },
    { method: "DELETE", headers: { ...session } },
    { path: "/sse", headers: listening }
  ]
}

const wrong: ReadonlyArray<readonly [string, Asked["headers"]]> = [
  ["no credentials", {}],
  ["a token that is none", { authorization: "Bearer nobody-0123456789abcdef" }]
]

for (const [face, how] of faces) {
  const openFace = protecting(how)
  describe(`a protected server over ${face}`, () => {
    const opened = Effect.gen(function* () {
      const { peer, ran } = yield* start(openFace)
      const session = yield* open(peer, "2025-11-25", {}, as("ada"))
      const line = yield* peer.stream({ path: "/sse", headers: { ...listening, ...as("ada") } })
      let messages: string | undefined
      while (messages === undefined) {
        messages = /^data: (\/\S+)$/m.exec(
          (yield* Effect.promise(line.next)) ?? assert.fail("no address")
        )?.[1]
      }
      return { line, messages, peer, ran, session }
    })

    for (const [what, headers] of wrong) {
      it.live(
        `D7, D8, S090: with ${what} every request of every revision is answered 401, and leaves nothing`,
        () =>
          Effect.gen(function* () {
            const { line, messages, peer, ran, session } = yield* opened
            const error = what === "no credentials" ? "" : 'error="invalid_token", '
            for (const asked of requests(session, messages)) {
              const answer = yield* peer.ask(having(asked, headers))
              const about = `${asked.method} ${asked.path} ${String(asked.body).slice(0, 100)}`
              assert.strictEqual(answer.status, 401, about)
              const challenge = answer.headers["www-authenticate"] ?? ""
              assert.match(challenge, new RegExp(`^Bearer ${error}`), about)
              assert.include(challenge, `scope="use", resource_metadata="${metadata}"`, about)
              assert.isUndefined(answer.headers["mcp-session-id"], about)
            }
            assert.deepStrictEqual(ran, [])
            // What was there before is still there, for who has the token.
            const whoami = legacy(call(7, "whoami"), { ...session, ...as("ada") })
            assert.strictEqual((yield* peer.ask(whoami)).status, 200)
            yield* peer.ask(legacy(initialize("2024-11-05"), as("ada"), messages))
            assert.strictEqual((yield* message(line))?.id, 0)
            line.close()
          }).pipe(Effect.scoped)
      )
    }

    it.live("S090: with a token every way to speak with it works, and its documents are for everybody", () =>
      Effect.gen(function* () {
        const { line, messages, peer, ran, session } = yield* opened
        const who = { name: "whoami", arguments: {} }
        const answers = [
          json(yield* peer.ask(modern("tools/call", who, { headers: as("ada") }))),
          json(yield* peer.ask(legacy(call(1, "whoami"), { ...session, ...as("ada") })))
        ]
        for (const { result } of answers) assert.strictEqual(result.content[0].text, "ada")
        yield* peer.ask(legacy(initialize("2024-11-05"), as("ada"), messages))
        yield* message(line)
        yield* peer.ask(legacy(notification("notifications/initialized"), as("ada"), messages))
        yield* peer.ask(legacy(call(1, "whoami"), as("ada"), messages))
        assert.deepInclude((yield* message(line))?.result, { content: [{ type: "text", text: "ada" }] })
        line.close()
        assert.lengthOf(ran, 3)
        for (const path of ["/.well-known/oauth-protected-resource/mcp", "/health"]) {
          assert.strictEqual((yield* peer.ask({ path })).status, 200, path)
        }
      }).pipe(Effect.scoped)
    )

    it.live(
      "D8: too few scopes are answered 403 with what is needed, before and in the middle of a call",
      () =>
        Effect.gen(function* () {
          const { peer, ran, session } = yield* opened
          for (const asked of [
            modern("tools/call", { name: "whoami", arguments: {} }, { headers: as("poor") }),
            legacy(initialize("2025-11-25"), as("poor")),
            { path: "/sse", headers: { ...listening, ...as("poor") } }
          ]) {
            const answer = yield* peer.ask(asked)
            assert.strictEqual(answer.status, 403)
            assert.match(answer.headers["www-authenticate"] ?? "", /insufficient_scope.* scope="use"/)
          }
          for (const asked of [
            modern("tools/call", { name: "change", arguments: {} }, { headers: as("ada") }),
            legacy(call(1, "change"), { ...session, ...as("ada") })
          ]) {
            const answer = yield* peer.ask(asked)
            assert.strictEqual(answer.status, 403)
            assert.match(answer.headers["www-authenticate"] ?? "", /insufficient_scope.* scope="use admin"/)
          }
          assert.deepStrictEqual(ran, [])
        }).pipe(Effect.scoped)
    )

    it.live(
      "D14: what is hidden from a caller cannot be used by name, and looks like what is not there",
      () =>
        Effect.gen(function* () {
          const { peer, ran, session } = yield* opened
          const rename = (text: string) => text.replaceAll("wipe", "wipf").replaceAll("secret", "secreu")
          for (const [method, params] of [
            ["tools/call", { name: "wipe", arguments: {} }],
            ["resources/read", { uri: "file:///secret" }],
            ["prompts/get", { name: "hush" }]
          ] as const) {
            const other = JSON.parse(rename(JSON.stringify(params)).replaceAll("hush", "husi"))
            const asking = (sent: { readonly [name: string]: unknown }, who: keyof typeof keys) => [
              modern(method, sent, { headers: as(who) }),
              ...(who === "ada" ? [legacy(request(1, method, sent), { ...session, ...as(who) })] : [])
            ]
            for (const [index, asked] of asking(params, "ada").entries()) {
              const hidden = yield* peer.ask(asked)
              const absent = yield* peer.ask(asking(other, "ada")[index]!)
              assert.isDefined(json(hidden).error, hidden.text)
              assert.deepStrictEqual(
                [hidden.status, rename(hidden.text).replaceAll("hush", "husi")],
                [absent.status, absent.text]
              )
            }
            assert.deepStrictEqual(ran, [], method)
            assert.isDefined(json(yield* peer.ask(asking(params, "admin")[0]!)).result, method)
            ran.length = 0
          }
        }).pipe(Effect.scoped)
    )

    const schemes: ReadonlyArray<readonly [string, Asked["headers"]]> = [
      ["Basic", { authorization: `Basic ${Buffer.from(`ada:${keys.ada}`).toString("base64")}` }],
      ["Basic with a token", { authorization: `Basic ${keys.ada}` }],
      ["DPoP", { authorization: `DPoP ${keys.ada}` }],
      ["no scheme", { authorization: keys.ada }],
      ["an unknown scheme", { authorization: `Token ${keys.ada}` }],
      ["a comma between two", { authorization: `Bearer ${keys.ada}, Bearer ${keys.ada}` }],
      ["a scheme in front", { authorization: `Negotiate x, Bearer ${keys.ada}` }],
      [
        "another field",
        { "proxy-authorization": `Bearer ${keys.ada}`, "x-authorization": `Bearer ${keys.ada}` }
      ],
      ["a field for tokens", { "x-access-token": keys.ada, "x-api-key": keys.ada, access_token: keys.ada }],
      ["a cookie", { cookie: `access_token=${keys.ada}; authorization=Bearer ${keys.ada}` }]
    ]
    it.live("D9: a token counts as the one bearer token of the Authorization header, and nowhere else", () =>
      Effect.gen(function* () {
        const { peer, ran } = yield* start(openFace)
        const asked = modern("tools/call", { name: "whoami", arguments: {} })
        for (const [what, headers] of schemes) {
          assert.strictEqual((yield* peer.ask(having(asked, headers))).status, 401, what)
        }
        const query = yield* peer.ask({ ...asked, path: `/mcp?access_token=${keys.ada}` })
        assert.strictEqual(query.status, 401)
        const form = yield* peer.ask({
          method: "POST",
          path: "/mcp",
          headers: { ...asked.headers, "content-type": "application/x-www-form-urlencoded" },
          body: `access_token=${keys.ada}`
        })
        assert.include([401, 415], form.status)
        assert.deepStrictEqual(ran, [])
        assert.strictEqual((yield* peer.ask(having(asked, as("ada")))).status, 200)
      }).pipe(Effect.scoped)
    )
  })
}

/** Sends lines as they are, and gives the status of the answer. */
const raw = ({ origin }: Peer, head: ReadonlyArray<string>, body: string) =>
  Effect.callback<number>((resume) => {
    const socket = connect(Number(new URL(origin).port), "127.0.0.1", () =>
      socket.write(`${head.join("\r\n")}\r\n\r\n${body}`)
    )
    let text = ""
    socket.on("data", (chunk) => (text += chunk.toString()))
    socket.on("error", () => {})
    socket.on("close", () => resume(Effect.succeed(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]))))
  })

for (const [face, open] of faces.filter(([face]) => face !== "fetch")) {
  it.live(`D9: two Authorization headers are no credentials, whichever comes first (over ${face})`, () =>
    Effect.gen(function* () {
      const { peer, ran } = yield* start(protecting(open))
      const { body = "", headers = {} } = modern("tools/call", { name: "whoami", arguments: {} })
      const status = (...credentials: ReadonlyArray<string>) =>
        raw(
          peer,
          [
            "POST /mcp HTTP/1.1",
            "Host: localhost",
            ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
            ...credentials.map(
              (value, index) => `${index === 0 ? "Authorization" : "AUTHORIZATION"}: ${value}`
            ),
            `Content-Length: ${String(body).length}`,
            "Connection: close"
          ],
          String(body)
        )
      const good = `Bearer ${keys.ada}`
      for (const two of [
        [good, good],
        [good, "Bearer x"],
        ["Bearer x", good],
        [good, "Basic YTpi"],
        ["Basic YTpi", good]
      ]) {
        assert.strictEqual(yield* status(...two), 401, two.join(" and "))
      }
      assert.deepStrictEqual(ran, [])
      assert.strictEqual(yield* status(good), 200)
    }).pipe(Effect.scoped)
  )
}
