/** Several processes that share a file are one authorization server. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { AuthorizationRequest, Client, Tokens } from "../../../src/auth/AuthorizationProvider.ts"
import * as NodeOAuthStore from "../../../src/auth/NodeOAuthStore.ts"
import { OAuthStore } from "../../../src/auth/OAuthStore.ts"
import { Grants } from "../../../src/auth/server/Grants.ts"
import * as Issuing from "../../../src/auth/server/Issuing.ts"
import * as Keyring from "../../../src/auth/server/Keyring.ts"
import { authorize, callback, challenge, known, redeem, refresh, resource, start } from "./scene.ts"

const client: Client = {
  id: "app",
  authentication: "none",
  redirectUris: [callback],
  grantTypes: ["authorization_code", "refresh_token"],
  origin: "configured"
}

const request: AuthorizationRequest = {
  clientId: "app",
  redirectUri: callback,
  state: undefined,
  scopes: ["a"],
  codeChallenge: challenge,
  resource
}

const lifetimes = {
  code: Duration.minutes(1),
  accessToken: Duration.minutes(15),
  refreshToken: Duration.days(1),
  grant: Duration.days(2)
}

const node = (path: string) =>
  Effect.gen(function* () {
    const store = Context.get(yield* Effect.orDie(Layer.build(NodeOAuthStore.layer(path))), OAuthStore)
    const keyring = yield* Keyring.make(store, {
      rotateEvery: Duration.days(30),
      longestToken: lifetimes.accessToken
    })
    return new Grants(store, Issuing.make(store, "https://login.example.com", lifetimes, keyring), lifetimes)
  })

const file = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "nodes-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  return join(folder, "oauth.sqlite")
})

const nodes = Effect.gen(function* () {
  const path = yield* file
  return [yield* node(path), yield* node(path)] as const
})

describe("two nodes", () => {
  it.effect("D10: redeem a code once between them, and end what came of it", () =>
    Effect.gen(function* () {
      const both = yield* nodes
      const code = Redacted.make(yield* both[0].begin(request, { subject: "ada" }, "family"))
      // Both have seen it unused before either redeems it.
      const loaded = yield* Effect.forEach(both, (grants) => grants.loadCode(client, code))
      const results = yield* Effect.forEach(
        both,
        (grants, index) => Effect.result(grants.exchangeCode(client, loaded[index]!)),
        { concurrency: "unbounded" }
      )
      const given = results.flatMap((result) => (result._tag === "Success" ? [result.success] : []))
      // None, if the second one came while the first was still at it.
      assert.isAtMost(given.length, 1)
      for (const grants of both) {
        for (const { accessToken } of given) assert.isUndefined(yield* grants.loadAccess(accessToken))
        assert.isUndefined(yield* grants.loadCode(client, code))
      }
    })
  )

  it.effect("D10: know each other's tokens, and give one answer to one refresh", () =>
    Effect.gen(function* () {
      const both = yield* nodes
      const code = Redacted.make(yield* both[0].begin(request, { subject: "ada" }, "family"))
      const loaded = (yield* both[1].loadCode(client, code))!
      const { accessToken, refreshToken } = yield* both[1].exchangeCode(client, loaded)
      assert.strictEqual((yield* both[0].loadAccess(accessToken))?.subject, "ada")
      const found = yield* Effect.forEach(both, (grants) => grants.loadRefresh(client, refreshToken!))
      const answers: ReadonlyArray<Tokens> = yield* Effect.forEach(
        both,
        (grants, index) => grants.exchangeRefresh(client, found[index]!, ["a"]),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(
        new Set(answers.map((tokens) => Redacted.value(tokens.refreshToken!))).size,
        1,
        "whoever was slower gives what the other made"
      )
    })
  )

  it.effect("D10: as servers with one file, asked at once over HTTP, too", () =>
    Effect.gen(function* () {
      const store = NodeOAuthStore.layer(yield* file).pipe(Layer.orDie)
      const nodes = [yield* start({ store }), yield* start({ store: Layer.fresh(store) })] as const
      const code = (yield* authorize(nodes[0])).searchParams.get("code")!
      const answers = yield* Effect.forEach(
        Array.from({ length: 10 }, (_, index) => nodes[index % 2]!),
        (node) => redeem(node, code),
        { concurrency: "unbounded" }
      )
      const given = answers.filter(({ status }) => status === 200)
      assert.isAtMost(given.length, 1)
      for (const { json, status } of answers) {
        if (status !== 200) assert.deepStrictEqual([status, json["error"]], [400, "invalid_grant"])
      }
      for (const { json } of given) {
        for (const node of nodes) {
          assert.isUndefined(yield* known(node, String(json["access_token"])))
          assert.strictEqual(
            (yield* refresh(node, String(json["refresh_token"]))).json["error"],
            "invalid_grant"
          )
        }
      }
    })
  )
})
