/** Faults in who may call, each planted and to be called by its name, by the real binary. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Exchange from "mcp-effect/Exchange"
import * as McpError from "mcp-effect/McpError"
import * as Middleware from "mcp-effect/Middleware"
import * as NodeServer from "mcp-effect/NodeServer"
import * as Server from "mcp-effect/Server"
import * as Tool from "mcp-effect/Tool"
import * as Verifier from "mcp-effect/Verifier"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { future, protectedBy } from "../auth/protected.ts"
import * as Scene from "../auth/server/scene.ts"
import * as World from "../auth/world.ts"
import { mcp, root, temporary } from "./binary.ts"

interface Finding {
  readonly name: string
  readonly severity: string
  readonly message: string
  readonly remedy?: string
}

/** Somebody with a home, and what is in their tokens file. */
const person = Effect.gen(function* () {
  const home = yield* Effect.acquireRelease(Effect.sync(temporary), (home) =>
    Effect.sync(() => home[Symbol.dispose]())
  )
  const data = join(home.path, "data")
  const run = (args: ReadonlyArray<string>, env: { readonly [name: string]: string } = {}) =>
    Effect.promise(() => mcp(args, { home: home.path, env: { XDG_DATA_HOME: data, ...env } }))
  return {
    home: home.path,
    run,
    keep: (entries: { readonly [key: string]: string }) => {
      mkdirSync(join(data, "mcp-effect"), { recursive: true })
      writeFileSync(join(data, "mcp-effect/tokens.json"), JSON.stringify({ version: 1, entries }), {
        mode: 0o600
      })
    },
    diagnose: (...args: ReadonlyArray<string>) =>
      Effect.map(run(["doctor", "--json", ...args]), ({ code, stderr, stdout }) => {
        assert.strictEqual(stderr, "")
        const { findings } = JSON.parse(stdout) as { readonly findings: ReadonlyArray<Finding> }
        return { code, findings, find: (name: string) => findings.find((each) => each.name === name) }
      })
  }
})

const world = Effect.gen(function* () {
  const as = yield* World.authorizationServer
  const server = yield* World.protectedServer(as)
  const ada = yield* person
  const url = server.endpoint
  /** What a sign-in of some time ago has left. */
  const signedIn = (grant: { readonly [name: string]: unknown } = {}) => {
    as.tokens.set("good", { scopes: ["read"], clientId: "app" })
    ada.keep({
      [`issuer ${url}`]: as.url,
      [`client ${as.url}`]: JSON.stringify({ id: "app", redirectUri: "http://127.0.0.1/callback" }),
      [`grant ${url} ${as.url}`]: JSON.stringify({
        issuer: as.url,
        clientId: "app",
        resource: url,
        accessToken: "good",
        requested: ["read"],
        granted: ["read"],
        ...grant
      })
    })
  }
  const describe = (document: object) => {
    for (const [path, before] of server.documents)
      server.documents.set(path, { ...(before as object), ...document })
  }
  return { ada, as, describe, server, signedIn, url }
})

type World = Effect.Success<typeof world>

describe("mcp doctor, of a server that is protected", () => {
  const finds = (name: string, message: RegExp, remedy: RegExp, plant: (world: World) => void) =>
    it.live(`${name}: ${message.source}`, () =>
      Effect.gen(function* () {
        const planted = yield* world
        plant(planted)
        const { code, find, findings } = yield* planted.ada.diagnose(planted.url)
        assert.match(find(name)?.message ?? JSON.stringify(findings), message)
        assert.match(find(name)?.remedy ?? "", remedy)
        assert.strictEqual(code, 2)
        assert.isEmpty(planted.server.admitted)
      }).pipe(Effect.scoped)
    )

  finds("sign-in", /^It takes a sign-in at http:/, /^Sign in: mcp auth login http:.*\/mcp$/, () => {})
  finds(
    "resource-mismatch",
    /about the resource "https:\/\/other/,
    /letter by letter: http:.*\/mcp$/,
    ({ describe }) => describe({ resource: "https://other.example/mcp" })
  )
  finds("issuer-mismatch", /about the issuer "https:\/\/other/, /"issuer" in the metadata/, ({ as }) => {
    as.metadata = { issuer: "https://other.example" }
  })
  finds("authorization-metadata", /has no metadata at/, /RFC 8414/, ({ as }) => {
    as.metadataPath = "/nowhere"
  })
  finds("authorization-metadata", /is not protected resource metadata/, /RFC 9728/, ({ describe }) =>
    describe({ authorization_servers: [] })
  )
  finds(
    "authorization-unreachable",
    /127\.0\.0\.1:1/,
    /Is the authorization server running/,
    ({ describe }) => describe({ authorization_servers: ["http://127.0.0.1:1"] })
  )
  finds("no-pkce", /does not list S256/, /code_challenge_methods_supported/, ({ as }) => {
    as.metadata = { code_challenge_methods_supported: ["plain"] }
  })
  finds("no-registration", /does not register clients by itself/, /registration_endpoint/, ({ as }) => {
    as.metadata = { registration_endpoint: undefined }
  })
  finds("sign-in-over", /cannot be renewed/, /Sign in again: mcp auth login/, ({ as, signedIn }) => {
    signedIn({ expiresAt: 1 })
    as.tokens.clear()
  })
  finds("sign-in-over", /cannot be renewed/, /Sign in again: mcp auth login/, ({ signedIn }) =>
    signedIn({ expiresAt: 1, accessToken: "bad", refreshToken: "revoked" })
  )
  finds(
    "insufficient-scope",
    /not granted: read, write$/,
    /Sign in for more: mcp auth login http:.* --scope read --scope write$/,
    ({ server, signedIn }) => {
      signedIn()
      server.needs = () => ["read", "write"]
    }
  )

  it.live("who is signed in hears what keeps others from it, and that an own header is not taken", () =>
    Effect.gen(function* () {
      const { ada, as, signedIn, url } = yield* world
      signedIn()
      as.metadata = { code_challenge_methods_supported: undefined }
      const { find } = yield* ada.diagnose(url)
      assert.strictEqual(find("signed-in")?.severity, "fine")
      assert.isDefined(find("no-pkce"))
      const own = yield* ada.diagnose(url, "--header", "Authorization: Bearer nonsense")
      assert.match(own.find("unauthorized")?.message ?? "", /does not take the Authorization header/)
    }).pipe(Effect.scoped)
  )

  it.live("nothing is wrong after a sign-in, and the stored tokens are used", () =>
    Effect.gen(function* () {
      const url = yield* future
      const as = yield* Scene.start({
        server: { resources: [url], validScopes: ["read"], clientRegistration: { enabled: true } }
      })
      yield* protectedBy(as.url, Verifier.jwt({ issuer: as.url }), url)
      const ada = yield* person
      const browser = join(ada.home, "browser")
      const agrees = `${root}/test/fixtures/auth/agrees.ts`
      const line = `exec "${process.execPath}" --conditions=mcp-effect-source "${agrees}" "$1"`
      writeFileSync(browser, `#!/bin/sh\n${line}\n`, { mode: 0o755 })
      yield* ada.run(["auth", "login", url], { BROWSER: browser })
      const { code, find } = yield* ada.diagnose(url)
      assert.strictEqual(code, 0)
      assert.match(find("signed-in")?.message ?? "", /, for read$/)
      assert.strictEqual(find("tools")?.message, "2 tools")
    }).pipe(Effect.scoped)
  )

  it.live("a list that takes another scope is not called broken", () =>
    Effect.gen(function* () {
      // What a handler fails with for want of scopes, where a request has no handler.
      const cause = new Exchange.InsufficientScope({ scopes: ["list"] })
      const missing = new McpError.McpError({ code: 403, message: cause.message, cause })
      const server = Server.make(
        { name: "choosy", version: "1.0.0" },
        Middleware.make(
          (next) => (request) => (request.method === "tools/list" ? Effect.fail(missing) : next(request))
        ),
        Tool.handle(Tool.make("who"), () => Effect.void)
      )
      const { url } = yield* choosy(server)
      const { code, find } = yield* (yield* person).diagnose(url, "--header", "Authorization: Bearer x")
      assert.match(find("insufficient-scope")?.message ?? "", /not granted: list$/)
      assert.isUndefined(find("broken-list"))
      assert.strictEqual(code, 3)
    }).pipe(Effect.scoped)
  )
})

/** Lets everybody in, and says what is missing as guards do. */
const choosy = (server: Server.Server): Effect.Effect<{ readonly url: string }, never, Scope.Scope> => {
  const guard: Exchange.Guard = {
    admit: () => Effect.context<never>(),
    forbid: ({ scopes }) => ({
      status: 403,
      headers: { "www-authenticate": `Bearer error="insufficient_scope", scope="${scopes.join(" ")}"` }
    })
  }
  return Effect.orDie(NodeServer.listen(server, { guard, port: 0 }))
}
