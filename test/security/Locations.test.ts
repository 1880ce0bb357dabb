/**
 * Rows D5 and D15 of the known faults: however a path is written, no answer leads to another host, and no name a
 * request makes up is in an answer.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Bearer from "mcp-effect/Bearer"
import type * as Exchange from "mcp-effect/Exchange"
import * as Server from "mcp-effect/Server"
import * as Verifier from "mcp-effect/Verifier"
import { connect } from "node:net"
import { start } from "../auth/server/scene.ts"
import { type Answered, faces } from "../http/faces.ts"
import { initialize, legacy, modern } from "../http/messages.ts"
import { having } from "./telling.ts"

/** Ways to write a path that programs take for another host. */
const strange = (path: string): ReadonlyArray<string> => [
  "//evil.test/",
  "//evil.test",
  "///evil.test/",
  "/%2f%2fevil.test",
  "/%2F%2Fevil.test/..",
  "/\\evil.test/",
  "\\\\evil.test/",
  "/%5c%5cevil.test/",
  "/.//evil.test/",
  "/..//evil.test/",
  "/%2e%2e//evil.test",
  "/;//evil.test/",
  "/?next=//evil.test",
  `${path}/`,
  `${path}//`,
  `${path}//evil.test/`,
  `${path}/..//evil.test/`,
  `${path}/%2f%2fevil.test/`,
  `${path}/\\evil.test`,
  `/${path}`,
  `//evil.test${path}`,
  `//evil.test${path}/`,
  `//evil.test/%2e%2e${path}/`,
  `http://evil.test${path}`,
  `${path}%0d%0aLocation:%20//evil.test`
]

/** Sends a target as it is, which no HTTP client would, and gives the head of the answer. */
const head = (port: number, method: string, target: string) =>
  Effect.callback<string>((resume) => {
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(
        `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`
      )
    )
    let text = ""
    socket.on("data", (chunk) => (text += chunk.toString()))
    socket.on("error", () => {})
    socket.on("close", () => resume(Effect.succeed(text.split("\r\n\r\n")[0]!)))
  })

describe("an authorization server", () => {
  it.live("D5: leads nowhere but to itself, however a path is written", () =>
    Effect.gen(function* () {
      const scene = yield* start({
        server: { clientRegistration: { enabled: true }, revocation: { enabled: true } }
      })
      const { origin, port } = new URL(scene.at)
      for (const { method, path } of scene.routes) {
        for (const target of strange(path)) {
          const answer = yield* head(Number(port), method, target)
          assert.match(answer, /^HTTP\/1\.1 \d{3} /, target)
          const location = /^location: *(.*)$/im.exec(answer)?.[1]
          if (location !== undefined) {
            assert.strictEqual(new URL(location, scene.at).origin, origin, `${method} ${target}: ${location}`)
          }
        }
      }
    }).pipe(Effect.scoped)
  )
})

const bearer = Bearer.guard({
  resource: "https://mcp.example.com/mcp",
  authorizationServers: ["https://login.example.com"],
  scopes: ["use"]
})
/** Requests without a token: nobody has to be asked about one, and nobody gets in. */
const guard: Exchange.Guard = {
  ...bearer,
  admit: (head) =>
    Effect.provide(
      Effect.andThen(bearer.admit(head), Effect.die("it came in")),
      Layer.succeed(Verifier.Verifier, { verify: () => Effect.die("it had a token") })
    )
}

for (const [face, openFace] of faces) {
  describe(`a protected server over ${face}`, () => {
    const opened = openFace(Server.make({ name: "s", version: "1" }), {
      guard,
      sse: true,
      health: true,
      hosts: "any"
    })
    const paths = ["/mcp", "/sse", "/messages/", "/health", "/.well-known/oauth-protected-resource"]

    it.live("D5: leads nowhere, however a path is written", () =>
      Effect.gen(function* () {
        const peer = yield* opened
        for (const path of paths) {
          for (const target of strange(path)) {
            if (face === "fetch") {
              // What a program in front makes of it; the rest is not a URL.
              if (!URL.canParse(`${peer.origin}${target}`)) continue
              const { headers } = yield* peer.ask({ path: target })
              assert.isUndefined(headers["location"], target)
              continue
            }
            for (const method of ["GET", "POST", "DELETE"]) {
              const answer = yield* head(Number(new URL(peer.origin).port), method, target)
              assert.match(answer, /^HTTP\/1\.1 \d{3} /, target)
              assert.notMatch(answer, /^location:/im, `${method} ${target}`)
            }
          }
        }
      }).pipe(Effect.scoped)
    )

    const forged = {
      host: "attacker.test",
      "x-forwarded-host": "attacker.test",
      "x-forwarded-proto": "gopher",
      "x-forwarded-prefix": "/attacker",
      "x-original-url": "/attacker",
      "x-rewrite-url": "/attacker",
      forwarded: "host=attacker.test;proto=gopher"
    }
    const honest = ({ status, text }: Answered) => {
      assert.notInclude(text, "attacker")
      return { status, text }
    }

    it.live("D15: its metadata and challenges name what was configured, whatever a request is called", () =>
      Effect.gen(function* () {
        const peer = yield* opened
        const url = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"
        for (const asked of [
          modern("tools/list"),
          legacy(initialize("2025-11-25")),
          { path: "/sse", headers: { accept: "text/event-stream" } }
        ]) {
          const answer = yield* peer.ask(having(asked, forged))
          assert.strictEqual(honest(answer).status, 401)
          assert.strictEqual(
            answer.headers["www-authenticate"],
            `Bearer scope="use", resource_metadata="${url}"`
          )
          assert.notInclude(JSON.stringify(answer.headers), "attacker")
        }
        for (const path of [
          "/.well-known/oauth-protected-resource/mcp",
          "/.well-known/oauth-protected-resource"
        ]) {
          const answer = yield* peer.ask({ path, headers: forged })
          assert.deepStrictEqual(JSON.parse(honest(answer).text), {
            resource: "https://mcp.example.com/mcp",
            authorization_servers: ["https://login.example.com"],
            scopes_supported: ["use"],
            bearer_methods_supported: ["header"]
          })
          assert.notInclude(JSON.stringify(answer.headers), "attacker")
        }
      }).pipe(Effect.scoped)
    )
  })
}
