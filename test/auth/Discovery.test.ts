import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { connected, failure, post, world } from "./connect.ts"
import type { Browser } from "./connect.ts"
import { serve } from "./loopback.ts"
import { protectedServer } from "./world.ts"
import type { AuthorizationServer, Server } from "./world.ts"

const wellKnown = (paths: ReadonlyArray<string>) => paths.filter((path) => path.includes("/.well-known/"))

const arranged = (arrange: (server: Server, as: AuthorizationServer) => void) =>
  Effect.map(world, (all) => {
    arrange(all.server, all.as)
    return all
  })

const connects = (server: Server, browser: Browser, options = {}) =>
  Effect.gen(function* () {
    const answer = yield* post(server.endpoint)
    assert.strictEqual(answer.status, 200)
  }).pipe(Effect.provide(connected(server.endpoint, options, { browser })))

const fails = (server: Server, browser: Browser, options = {}) =>
  failure(post(server.endpoint)).pipe(Effect.provide(connected(server.endpoint, options, { browser })))

/** The usual document at another place. */
const move = (server: Server, to: string, resource = server.endpoint) => {
  server.documents.clear()
  server.documents.set(to, { resource, authorization_servers: [server.trusts.url] })
}

describe("where the metadata of a server is", () => {
  it.effect("DISC-4, AUTH-6: where the challenge says, and nowhere else", () =>
    Effect.gen(function* () {
      const { browser, server } = yield* arranged((server) => {
        move(server, "/custom/metadata.json")
        server.challenge = () => `resource_metadata="${server.url}/custom/metadata.json"`
      })
      yield* connects(server, browser)
      assert.deepStrictEqual(server.paths(), ["/mcp", "/custom/metadata.json", "/mcp"])
    })
  )

  it.effect("DISC-4: without a word of it, at the well-known place of the path", () =>
    Effect.gen(function* () {
      const { browser, server } = yield* arranged((server) => {
        server.challenge = undefined
      })
      yield* connects(server, browser)
      assert.deepStrictEqual(wellKnown(server.paths()), ["/.well-known/oauth-protected-resource/mcp"])
    })
  )

  it.effect("DISC-4: and then at the root, where it may be about the whole origin", () =>
    Effect.gen(function* () {
      const { browser, server } = yield* arranged((server) => {
        server.challenge = undefined
        move(server, "/.well-known/oauth-protected-resource", server.url)
      })
      yield* connects(server, browser)
      assert.deepStrictEqual(wellKnown(server.paths()), [
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-protected-resource"
      ])
      assert.strictEqual(browser.parameter("resource"), server.url)
    })
  )

  it.effect("pages that are there for every path are no metadata", () =>
    Effect.gen(function* () {
      const { browser, server } = yield* arranged((server) => {
        server.challenge = undefined
        move(server, "/.well-known/oauth-protected-resource")
        server.documents.set("/.well-known/oauth-protected-resource/mcp", "<!doctype html>")
      })
      yield* connects(server, browser)
    })
  )

  it.effect("a server at the root has one place", () =>
    Effect.gen(function* () {
      const { as, browser } = yield* world
      const server = yield* protectedServer(as, "/")
      server.challenge = undefined
      yield* connects(server, browser)
      assert.deepStrictEqual(wellKnown(server.paths()), ["/.well-known/oauth-protected-resource"])
      assert.strictEqual(browser.parameter("resource"), server.url)
    })
  )

  it.effect("C3: another origin is not asked, whatever the challenge says", () =>
    Effect.gen(function* () {
      const canary = yield* serve(() => ({ body: {} }))
      const { as, browser, server } = yield* world
      const places = [
        `${canary.url}/metadata`,
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://[::ffff:127.0.0.1]/",
        "//127.0.0.1/",
        "javascript:alert(1)",
        "https://10.0.0.1/",
        "https://[fd00::1]/",
        `http://2130706433:${canary.port}/`,
        `http://0177.0.0.1:${canary.port}/`
      ]
      for (const place of places) {
        server.challenge = () => `resource_metadata="${place}"`
        const error = yield* fails(server, browser)
        assert.strictEqual(error.reason, "Discovery", place)
      }
      assert.deepStrictEqual([canary.paths(), as.paths()], [[], []])
    })
  )

  it.effect("a server that cannot answer now is not taken for one without metadata", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      const busy = yield* serve(({ path }) =>
        path === "/mcp" ? { status: 401 } : path.endsWith("/mcp") ? { status: 503 } : { body: {} }
      )
      const error = yield* fails({ ...server, endpoint: `${busy.url}/mcp` }, browser)
      assert.strictEqual(error.reason, "Unavailable")
      assert.deepStrictEqual(as.paths(), [])
    })
  )
})

describe("what the metadata of a server is about", () => {
  const foreign = (url: string): ReadonlyArray<string> => [
    "https://evil.example.com/mcp",
    `${url}/mcp/`,
    `${url}/mcp2`,
    `${url}/mc`,
    `${url}/./mcp`,
    `${url}/mcp?tenant=1`,
    `${url.replace("http", "HTTP")}/mcp`,
    url,
    `${url}/`
  ]

  it.effect("CONF-9, C2: about this server, to the letter", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      for (const resource of foreign(server.url)) {
        move(server, "/.well-known/oauth-protected-resource/mcp", resource)
        const error = yield* fails(server, browser)
        assert.strictEqual(error.reason, "ResourceMismatch", resource)
      }
      assert.deepStrictEqual([as.paths(), browser.pages], [[], []])
    })
  )

  it.effect("another name of it is accepted when the application says so", () =>
    Effect.gen(function* () {
      const { browser, server } = yield* world
      move(server, "/.well-known/oauth-protected-resource/mcp", "urn:the-server")
      yield* connects(server, browser, { resource: "urn:the-server" })
      assert.strictEqual(browser.parameter("resource"), "urn:the-server")
    })
  )

  it.effect("DISC-5: a document without authorization servers is an error, not an old server", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      for (const document of [
        { resource: server.endpoint },
        { resource: server.endpoint, authorization_servers: [] }
      ]) {
        server.documents.set("/.well-known/oauth-protected-resource/mcp", document)
        assert.strictEqual((yield* fails(server, browser)).reason, "Discovery")
      }
      assert.deepStrictEqual(as.paths(), [])
    })
  )
})

describe("where the metadata of an authorization server is", () => {
  /** The authorization server has a path, and its metadata at this one. */
  const tenant = (metadataPath: string) =>
    arranged((server, as) => {
      const issuer = `${as.url}/tenant1`
      as.metadataPath = metadataPath
      as.metadata = { issuer }
      as.redirect = (target) => target.searchParams.set("iss", issuer)
      server.documents.set("/.well-known/oauth-protected-resource/mcp", {
        resource: server.endpoint,
        authorization_servers: [issuer]
      })
    })
  const places = [
    "/.well-known/oauth-authorization-server/tenant1",
    "/.well-known/openid-configuration/tenant1",
    "/tenant1/.well-known/openid-configuration"
  ]
  for (const [index, place] of places.entries()) {
    it.effect(`DISC-8, AUTH-9: with a path, place ${index + 1} of 3: ${place}`, () =>
      Effect.gen(function* () {
        const { as, browser, server } = yield* tenant(place)
        yield* connects(server, browser)
        assert.deepStrictEqual(wellKnown(as.paths()), places.slice(0, index + 1))
      })
    )
  }

  const rooted = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]
  for (const [index, place] of rooted.entries()) {
    it.effect(`DISC-9, AUTH-9: without a path, place ${index + 1} of 2: ${place}`, () =>
      Effect.gen(function* () {
        const { as, browser, server } = yield* arranged((_, as) => {
          as.metadataPath = place
        })
        yield* connects(server, browser)
        assert.deepStrictEqual(wellKnown(as.paths()), rooted.slice(0, index + 1))
      })
    )
  }

  it.effect("AUTH-6: without metadata there is no guessing where its endpoints are", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* arranged((_, as) => {
        as.metadataPath = "/nowhere"
      })
      assert.strictEqual((yield* fails(server, browser)).reason, "Discovery")
      assert.deepStrictEqual(as.paths(), rooted)
    })
  )

  it.effect("DISC-10, DISC-11, C6: its issuer is the one that was asked for, to the letter", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      for (const issuer of [
        "https://honest.example",
        `${as.url}/`,
        as.url.replace("http", "HTTP"),
        as.url.replace("127.0.0.1", "localhost")
      ]) {
        as.metadata = { issuer }
        const error = yield* fails(server, browser)
        assert.strictEqual(error.reason, "IssuerMismatch", issuer)
      }
      assert.deepStrictEqual([...new Set(as.paths())], ["/.well-known/oauth-authorization-server"])
    })
  )

  it.effect("SEC-8, C3: what is named in metadata is guarded, too", () =>
    Effect.gen(function* () {
      const { as, browser, server } = yield* world
      for (const field of ["registration_endpoint", "token_endpoint", "authorization_endpoint"]) {
        for (const url of ["http://169.254.169.254/x", "file:///etc/passwd", "javascript:alert(1)"]) {
          as.metadata = { [field]: url }
          const error = yield* fails(server, browser)
          assert.strictEqual(error.reason, "Discovery", `${field} ${url}`)
        }
      }
      server.documents.set("/.well-known/oauth-protected-resource/mcp", {
        resource: server.endpoint,
        authorization_servers: ["http://169.254.169.254"]
      })
      assert.strictEqual((yield* fails(server, browser)).reason, "Discovery")
    })
  )
})

describe("servers of 2025-03-26", () => {
  const old = arranged((server, as) => {
    server.documents.clear()
    server.challenge = undefined
    as.metadataPath = "/nowhere"
  })

  /** One server that is its own authorization server, as then. */
  const both = (path: string | undefined) =>
    Effect.gen(function* () {
      const { as, browser } = yield* old
      const inner = yield* protectedServer(as)
      inner.documents.clear()
      inner.challenge = undefined
      const front = yield* serve(async ({ body, headers, method, path: asked, query }) => {
        if (asked === path) {
          const url = `http://${headers.host}`
          return { body: { ...metadata(url), token_endpoint: `${url}/oauth/token` } }
        }
        const target = asked === "/mcp" ? inner.url : asked.includes(".well-known") ? undefined : as.url
        if (target === undefined) return { status: 404, body: "no" }
        const answer = await fetch(`${target}${asked.replace("/oauth", "")}?${query}`, {
          method,
          redirect: "manual",
          headers: Object.fromEntries(
            ["authorization", "content-type"].flatMap((name) =>
              typeof headers[name] === "string" ? [[name, headers[name]] as const] : []
            )
          ),
          ...(method === "POST" && { body })
        })
        const location = answer.headers.get("location")
        return {
          status: answer.status,
          body: await answer.text(),
          headers: {
            "content-type": answer.headers.get("content-type") ?? "text/plain",
            ...(location !== null && { location })
          }
        }
      })
      as.redirect = (target) => target.searchParams.delete("iss")
      return { as, browser, inner, front }
    })

  const metadata = (url: string) => ({
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    registration_endpoint: `${url}/register`,
    response_types_supported: ["code"],
    code_challenge_methods_supported: ["S256"]
  })

  it.effect("AUTH-11, AUTH-12, S200: their own metadata at the root, wherever the endpoint is", () =>
    Effect.gen(function* () {
      const { browser, front, inner } = yield* both("/.well-known/oauth-authorization-server")
      yield* connects({ ...inner, endpoint: `${front.url}/mcp` }, browser)
      assert.include(front.paths(), "/oauth/token")
      assert.strictEqual(browser.parameter("resource"), `${front.url}/mcp`)
    })
  )

  it.effect("AUTH-12, S200: without metadata, /authorize, /token and /register, with PKCE all the same", () =>
    Effect.gen(function* () {
      const { as, browser, front, inner } = yield* both(undefined)
      yield* connects({ ...inner, endpoint: `${front.url}/mcp` }, browser)
      assert.deepStrictEqual(wellKnown(front.paths()), [
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-authorization-server"
      ])
      assert.deepStrictEqual(as.paths(), ["/register", "/authorize", "/token"])
      assert.strictEqual(browser.parameter("code_challenge_method"), "S256")
    })
  )

  it.effect("AUTH-13: hear which version the client speaks, and so does nobody else", () =>
    Effect.gen(function* () {
      const { as, browser, front } = yield* both("/.well-known/oauth-authorization-server")
      yield* post(`${front.url}/mcp`, "hi", { "mcp-protocol-version": "2025-03-26" }).pipe(
        Effect.provide(connected(`${front.url}/mcp`, {}, { browser }))
      )
      const versions = (requests: ReadonlyArray<{ readonly path: string; readonly headers: object }>) =>
        requests.flatMap(({ headers, path }) => ("mcp-protocol-version" in headers ? [path] : []))
      assert.deepStrictEqual(
        [...new Set(versions(front.requests))],
        [
          "/mcp",
          "/.well-known/oauth-protected-resource/mcp",
          "/.well-known/oauth-protected-resource",
          "/.well-known/oauth-authorization-server"
        ]
      )
      assert.deepStrictEqual(versions(as.requests), [])
    })
  )
})
