/** What a client may send to each route, however little the route wants of it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { connect } from "node:net"
import * as SignIn from "../../../src/auth/SignIn.ts"
import { type Fields, resource, type Scene, send, start } from "./scene.ts"

const everything = {
  server: {
    clientRegistration: { enabled: true },
    revocation: { enabled: true },
    introspection: [{ id: "rs", secret: Redacted.make("0123456789abcdef"), resource }],
    rates: { authorize: 10_000, token: 10_000, register: 10_000, revoke: 10_000, introspect: 10_000 }
  },
  // With the route for coming back.
  signIn: Layer.succeed(
    SignIn.SignIn,
    SignIn.SignIn.of({
      _tag: "Redirect",
      name: "Elsewhere",
      scopes: [],
      begin: () => Effect.die("nobody signs in"),
      finish: () => Effect.die("nobody comes back"),
      renew: () => Effect.succeed(undefined)
    })
  )
}

const mebibyte = 1024 * 1024
/** Far more than what a route takes, and less than what a client would send that is let. */
const most = 16 * mebibyte

interface Ended {
  readonly sent: number
  readonly status: string
  readonly ended: boolean
}

/** Sends without end, does not care what it is told, and stops when the connection is closed on it. */
const flood = ({ url }: Scene, method: string, path: string, headers: Fields) =>
  Effect.callback<Ended>((resume) => {
    const { host, hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const data = Buffer.from(`4000\r\n${"x".repeat(0x4000)}\r\n`)
    let sent = 0
    let answer = ""
    const done = (ended: boolean) => {
      resume(Effect.succeed({ sent, status: answer.split(" ")[1] ?? "", ended }))
      socket.destroy()
    }
    const more = () => {
      while (!socket.destroyed && socket.writable) {
        if (sent > most) return done(false)
        sent += data.length
        if (!socket.write(data)) return void socket.once("drain", more)
      }
    }
    socket.on("data", (chunk) => (answer += chunk.toString()))
    socket.on("error", () => {})
    socket.on("close", () => done(true))
    const lines = Object.entries({ host, "transfer-encoding": "chunked", ...headers })
    socket.write(`${method} ${path} HTTP/1.1\r\n${lines.map(([a, b]) => `${a}: ${b}\r\n`).join("")}\r\n`)
    more()
  })

const form = "application/x-www-form-urlencoded"
const json = "application/json"
const introspector = { authorization: `Basic ${btoa("rs:0123456789abcdef")}` }

/** What a route takes; `undefined` if it reads no body. */
const takes = ({ method, path }: Scene["routes"][number]) => {
  if (method !== "POST") return undefined
  return path === "/register" ? json : form
}

describe("a body without end", () => {
  for (const type of [form, json, "text/plain"]) {
    it.live(`D17: as ${type} is cut off by every route, and the connection with it`, () =>
      Effect.gen(function* () {
        const scene = yield* start(everything)
        const floods = yield* Effect.forEach(
          scene.routes,
          (route) =>
            Effect.map(
              flood(scene, route.method, route.path, { "content-type": type, ...introspector }),
              (outcome) => ({ ...outcome, ...route, name: `${route.method} ${route.path}` })
            ),
          { concurrency: "unbounded" }
        )
        for (const { ended, method, name, path, status } of floods) {
          assert.isTrue(ended, `${name} let it send ${most} bytes`)
          const wanted = takes({ method, path })
          // A client may write so fast that it is not told why, as with every closed connection.
          if (wanted !== undefined) assert.include([wanted === type ? "413" : "415", ""], status, name)
        }
        assert.includeMembers(
          floods.map(({ name }) => name),
          ["/token", "/register", "/authorize", "/revoke", "/introspect", "/consent"].map(
            (path) => `POST ${path}`
          )
        )
        const read = scene.bytesRead()
        assert.lengthOf(read, floods.length)
        for (const bytes of read) assert.isBelow(bytes, 2 * mebibyte)
      })
    )
  }
})

describe("a body of 5 MiB that says so", () => {
  it.effect("D17: gets 413 from every route that reads one", () =>
    Effect.gen(function* () {
      const scene = yield* start(everything)
      for (const route of scene.routes) {
        const type = takes(route)
        if (type === undefined) continue
        const answer = yield* send(`${scene.url}${route.path}`, {
          method: "POST",
          body: "x".repeat(5 * mebibyte),
          headers: { "content-type": type, ...introspector }
        })
        assert.strictEqual(answer.status, 413, route.path)
      }
    })
  )
})
