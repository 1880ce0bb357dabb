/** An authorization server as a resource server sees it: keys, metadata, introspection, over real HTTP on loopback. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose"
import { createServer } from "node:http"

type Handler = Effect.Effect<HttpServerResponse.HttpServerResponse, never, never>

/** Serves routes on a port of its own until the scope closes. */
export const serve = <E, R>(
  routes: Layer.Layer<E, never, R | HttpRouter.HttpRouter>
): Effect.Effect<string, never, Scope.Scope | Exclude<R, HttpRouter.HttpRouter>> =>
  Effect.gen(function* () {
    const server = HttpRouter.serve(routes as Layer.Layer<never, never, HttpRouter.HttpRouter>, {
      disableLogger: true
    }).pipe(
      Layer.provideMerge(
        NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1", gracefulShutdownTimeout: 0 })
      ),
      Layer.orDie
    )
    const context = yield* Layer.build(server)
    const { address } = Context.get(context, HttpServer.HttpServer)
    return `http://127.0.0.1:${"port" in address ? address.port : 0}`
  }) as Effect.Effect<string, never, Scope.Scope | Exclude<R, HttpRouter.HttpRouter>>

export interface Key {
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly jwk: JWK
}

export const makeKey = (kid: string | undefined, alg = "ES256"): Effect.Effect<Key> =>
  Effect.promise(async () => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    const jwk = await exportJWK(publicKey)
    return { alg, privateKey, jwk: { ...jwk, alg, ...(kid === undefined ? {} : { kid }) } }
  })

export interface Issuer {
  readonly url: string
  /** What it publishes now, and how often it was asked. */
  readonly published: { keys: ReadonlyArray<Key>; headers: Record<string, string>; broken: boolean }
  readonly asked: { keys: number; metadata: number }
}

export const issuer = (...keys: ReadonlyArray<Key>): Effect.Effect<Issuer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const published: Issuer["published"] = { keys, headers: {}, broken: false }
    const asked = { keys: 0, metadata: 0 }
    let self = ""
    const jwks: Handler = Effect.sync(() => {
      asked.keys++
      return published.broken
        ? HttpServerResponse.empty({ status: 500 })
        : HttpServerResponse.jsonUnsafe(
            { keys: published.keys.map(({ jwk }) => jwk) },
            { headers: published.headers }
          )
    })
    const metadata: Handler = Effect.sync(() => {
      asked.metadata++
      return HttpServerResponse.jsonUnsafe({ issuer: self, jwks_uri: `${self}/keys` })
    })
    self = yield* serve(
      HttpRouter.use((router) =>
        Effect.andThen(
          router.add("GET", "/keys", jwks),
          router.add("GET", "/.well-known/openid-configuration", metadata)
        )
      )
    )
    return { url: self, published, asked }
  })

export interface Token {
  readonly header?: Record<string, unknown>
  readonly claims?: Record<string, unknown>
}

/** A token that is good for ten minutes, changed as the test needs it. */
export const sign = (key: Key, url: string, resource: string, { claims = {}, header = {} }: Token = {}) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    Effect.promise(() => {
      const seconds = Math.floor(now / 1000)
      const all = { iss: url, sub: "ada", aud: resource, client_id: "app", exp: seconds + 600, ...claims }
      const kid = key.jwk.kid === undefined ? {} : { kid: key.jwk.kid }
      return new SignJWT(all)
        .setProtectedHeader({ alg: key.alg, typ: "at+jwt", ...kid, ...header })
        .sign(key.privateKey)
    })
  )

export const http = FetchHttpClient.layer
