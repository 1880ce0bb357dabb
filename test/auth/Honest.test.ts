/** Rows C2 and C5 of the known faults, where the server is out there and its addresses are well-known. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as GuardedHttp from "../../src/auth/GuardedHttp.ts"
import * as ResourceMetadata from "../../src/auth/client/ResourceMetadata.ts"
import { connected, failure, post, world } from "./connect.ts"
import { serve } from "./loopback.ts"

const server = new URL("https://mcp.example.com/mcp")

/** The metadata of a server that says it is about this resource. */
const about = (resource: unknown) => {
  const dial: GuardedHttp.Dial = () =>
    Effect.succeed({
      status: 200,
      header: () => "application/json",
      body: JSON.stringify({ resource, authorization_servers: ["https://login.example.com"] })
    })
  return ResourceMetadata.fetch(GuardedHttp.make(dial), {
    server,
    location: "https://mcp.example.com/.well-known/oauth-protected-resource/mcp",
    known: [],
    headers: {}
  })
}

describe("the metadata of a server out there", () => {
  const others: ReadonlyArray<readonly [string, string]> = [
    ["another host", "https://mcp.example.org/mcp"],
    ["a sub-domain", "https://a.mcp.example.com/mcp"],
    ["a host that ends like it", "https://evil-mcp.example.com/mcp"],
    ["a host that begins like it", "https://mcp.example.com.evil.test/mcp"],
    ["a dot after the host", "https://mcp.example.com./mcp"],
    ["another path", "https://mcp.example.com/other"],
    ["a path that begins like it", "https://mcp.example.com/mcp2"],
    ["a path it begins with", "https://mcp.example.com/mc"],
    ["a path below", "https://mcp.example.com/mcp/tenant"],
    ["the origin", "https://mcp.example.com"],
    ["the host in another case", "https://MCP.example.com/mcp"],
    ["the scheme in another case", "HTTPS://mcp.example.com/mcp"],
    ["the path in another case", "https://mcp.example.com/MCP"],
    ["the port everybody knows", "https://mcp.example.com:443/mcp"],
    ["another port", "https://mcp.example.com:444/mcp"],
    ["another scheme", "http://mcp.example.com/mcp"],
    ["a slash at the end", "https://mcp.example.com/mcp/"],
    ["a dot in the path", "https://mcp.example.com/./mcp"],
    ["two dots in the path", "https://mcp.example.com/x/../mcp"],
    ["encoded dots", "https://mcp.example.com/%2e/mcp"],
    ["an encoded letter", "https://mcp.example.com/%6dcp"],
    ["a user", "https://user@mcp.example.com/mcp"],
    ["a query", "https://mcp.example.com/mcp?a=b"],
    ["a fragment", "https://mcp.example.com/mcp#a"],
    ["space around it", " https://mcp.example.com/mcp "],
    ["nothing", ""]
  ]
  for (const [what, resource] of others) {
    it.effect(`C2: is not believed about ${what}`, () =>
      Effect.map(Effect.flip(about(resource)), ({ reason }) => assert.strictEqual(reason, "ResourceMismatch"))
    )
  }

  it.effect("C2: is not believed about several, or about none", () =>
    Effect.gen(function* () {
      for (const resource of [[server.href], undefined, null, 7]) {
        assert.strictEqual((yield* Effect.flip(about(resource))).reason, "Discovery")
      }
    })
  )

  it.effect("C2: is believed about the server itself", () =>
    Effect.map(about(server.href), (metadata) => assert.strictEqual(metadata?.resource, server.href))
  )
})

describe("redirects on the way to a token", () => {
  it.effect("C5: discovery does not leave the server, and says where it was led", () =>
    Effect.gen(function* () {
      const { as, browser } = yield* world
      const canary = yield* serve(() => ({ body: {} }))
      for (const location of [`${canary.url}/metadata`, "http://169.254.169.254/", "file:///etc/passwd"]) {
        const front = yield* serve(({ path }) =>
          path === "/mcp" ? { status: 401 } : { status: 302, headers: { location } }
        )
        const error = yield* failure(post(`${front.url}/mcp`)).pipe(
          Effect.provide(connected(`${front.url}/mcp`, {}, { browser }))
        )
        assert.strictEqual(error.reason, "Discovery")
        assert.include(error.message, "redirects to another origin")
      }
      assert.deepStrictEqual([canary.paths(), as.paths(), browser.pages], [[], [], []])
    })
  )

  it.effect(
    "C5: nor the authorization server: not for its metadata, a registration, a code or a refresh",
    () =>
      Effect.gen(function* () {
        const canary = yield* serve(() => ({ body: { access_token: "canary", client_id: "canary" } }))
        const away = { status: 307, headers: { location: `${canary.url}/x` } }
        const fails = Effect.fnUntraced(function* (change: (all: Effect.Success<typeof world>) => void) {
          const all = yield* world
          const { as, browser, server } = all
          return yield* Effect.gen(function* () {
            change(all)
            const error = yield* failure(post(server.endpoint))
            assert.include(error.message, "redirect")
            return as
          }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))
        })
        yield* fails(({ as }) => (as.register = () => away))
        yield* fails(({ as }) => (as.token = () => away))

        // A refresh is one that worked before.
        const { as, browser, server } = yield* world
        yield* Effect.gen(function* () {
          yield* post(server.endpoint)
          as.tokens.clear()
          as.token = () => away
          const error = yield* failure(post(server.endpoint))
          assert.include(error.message, "redirect")
        }).pipe(Effect.provide(connected(server.endpoint, {}, { browser })))

        const metadata = yield* serve(() => away)
        const moved = yield* world
        moved.server.documents.set("/.well-known/oauth-protected-resource/mcp", {
          resource: moved.server.endpoint,
          authorization_servers: [metadata.url]
        })
        const error = yield* failure(post(moved.server.endpoint)).pipe(
          Effect.provide(connected(moved.server.endpoint, {}, { browser: moved.browser }))
        )
        assert.include(error.message, "redirects to another origin")
        assert.deepStrictEqual(canary.paths(), [])
      })
  )
})
