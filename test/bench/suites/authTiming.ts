/**
 * Whether the time a refusal takes tells what was wrong: a client that is not known, a secret that is wrong, or one
 * that is wrong only at its end. Requests over loopback, one after the other, the three kinds taking turns.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as AuthorizationServer from "mcp-effect/AuthorizationServer"
import * as EmbeddedProvider from "mcp-effect/EmbeddedProvider"
import { OAuthStore } from "mcp-effect/OAuthStore"
import * as SignIn from "mcp-effect/SignIn"
import { once } from "node:events"
import { Agent, createServer, request } from "node:http"
import type { AddressInfo } from "node:net"
import { median, type Suite } from "../Suite.ts"

const secret = "0123456789abcdef0123456789abcdef"

const kinds = ["unknown client", "wrong secret", "right prefix", "it again"] as const
type Kind = (typeof kinds)[number]

/** The last pair is the same thing twice: what chance does in this run. */
const pairs: ReadonlyArray<readonly [Kind, Kind]> = [
  ["unknown client", "wrong secret"],
  ["unknown client", "right prefix"],
  ["wrong secret", "right prefix"],
  ["wrong secret", "it again"]
]

const credentials: { readonly [K in Kind]: string } = {
  "unknown client": `nobody1:${secret}`,
  "wrong secret": `machine:${"x".repeat(secret.length)}`,
  "right prefix": `machine:${secret.slice(0, -1)}x`,
  "it again": `machine:${"x".repeat(secret.length)}`
}

/** Listens on loopback; a server of its own, so that the port is known before the issuer is. */
const open = async () => {
  const listener = createServer()
  await once(listener.listen(0, "127.0.0.1"), "listening")
  const { port } = listener.address() as AddressInfo
  await new Promise((closed) => listener.close(closed))
  const issuer = `http://127.0.0.1:${port}`
  const provider = EmbeddedProvider.layer({
    clients: [{ id: "machine", secret: Redacted.make(secret), scopes: ["a"] }]
  }).pipe(Layer.provide([SignIn.local({ subject: "me" }), OAuthStore.layerMemory]))
  const routes = AuthorizationServer.layer(provider, {
    issuer,
    resources: [`${issuer}/mcp`],
    validScopes: ["a"],
    rates: { token: Number.POSITIVE_INFINITY }
  })
  const runtime = ManagedRuntime.make(
    HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(
      Layer.provide(NodeHttpServer.layer(createServer, { port, host: "127.0.0.1" }))
    )
  )
  await runtime.runPromise(Effect.void)
  return { port, close: () => runtime.dispose() }
}

/** The microseconds until a guess is refused. */
const guessing = (port: number, agent: Agent) => {
  const body = "grant_type=client_credentials"
  return (guess: string) =>
    new Promise<number>((resolve, reject) => {
      const headers = {
        authorization: `Basic ${btoa(guess)}`,
        "content-type": "application/x-www-form-urlencoded",
        "content-length": body.length
      }
      const began = process.hrtime.bigint()
      const sent = request(
        { port, host: "127.0.0.1", method: "POST", path: "/token", agent, headers },
        (answer) => {
          answer.resume()
          answer.on("end", () => {
            if (answer.statusCode !== 401) return reject(new Error(`status ${answer.statusCode}`))
            resolve(Number(process.hrtime.bigint() - began) / 1000)
          })
        }
      )
      sent.on("error", reject)
      sent.end(body)
    })
}

/**
 * How surely two kinds can be told apart by one look at each: 0 not at all, 1 always. Half of all pairs have the first
 * one slower if nothing but chance decides.
 */
const apart = (one: ReadonlyArray<number>, other: ReadonlyArray<number>): number => {
  let slower = 0
  for (const [index, time] of one.entries()) {
    slower += time > other[index]! ? 1 : time === other[index] ? 0.5 : 0
  }
  return Math.abs((2 * slower) / one.length - 1)
}

const shuffled = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> => {
  const rest = [...values]
  return values.flatMap(() => rest.splice(Math.floor(Math.random() * rest.length), 1))
}

export const authTiming: Suite = {
  title:
    "a refused client at the token endpoint: how long it takes, and how surely that tells what is wrong (0 to 1)",
  run: async function* ({ quick }) {
    const rounds = quick ? 1000 : 20_000
    const { close, port } = await open()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const guess = guessing(port, agent)
    const times: { readonly [K in Kind]: Array<number> } = {
      "unknown client": [],
      "wrong secret": [],
      "right prefix": [],
      "it again": []
    }
    for (let round = -rounds / 10; round < rounds; round++) {
      // What came before a request is in its time, too: chance decides what does.
      for (const kind of shuffled(kinds)) {
        const time = await guess(credentials[kind])
        if (round >= 0) times[kind].push(time)
      }
    }
    agent.destroy()
    await close()
    for (const kind of kinds) yield { what: kind, unit: "µs", figures: { ours: median(times[kind]) } }
    for (const [one, other] of pairs) {
      const figures = { ours: apart(times[one], times[other]) }
      yield { what: `${one} or ${other}`, unit: "", figures, goals: [{ atMost: 0.05 }] }
    }
  }
}
