/** Bodies of requests that are larger than they may be, or that would be once decoded. Over every face. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Limits from "mcp-effect/Limits"
import * as StreamableServer from "mcp-effect/StreamableServer"
import { connect } from "node:net"
import { gzipSync } from "node:zlib"
import { faces } from "../http/faces.ts"
import { initialize, json, legacy, modern } from "../http/messages.ts"
import * as Fixture from "../http/server.ts"
import { baseline } from "./baseline.ts"
import { having } from "./telling.ts"

const call = modern("tools/call", { name: "echo", arguments: { text: "hi" } })
const begin = legacy(initialize("2025-11-25"))
const limit = 64 * 1024
const limited = Limits.layer({ bodyBytes: limit })

for (const [face, open] of faces) {
  describe(`encoded bodies over ${face}`, () => {
    it.live("E4: are refused with 415 at every route that reads one, whatever the encoding", () =>
      Effect.gen(function* () {
        const { inside, server } = Fixture.make()
        const peer = yield* open(server, { sse: true })
        for (const asked of [call, begin, { ...begin, path: "/messages/?session_id=x" }]) {
          for (const encoding of [
            "gzip",
            "GZIP",
            "br",
            "deflate",
            "zstd",
            "gzip, gzip",
            "identity, gzip",
            "x"
          ]) {
            const body = gzipSync(String(asked.body))
            const answer = yield* peer.ask(having({ ...asked, body }, { "content-encoding": encoding }))
            assert.strictEqual(answer.status, 415, `${encoding} at ${asked.path}`)
            assert.include(json(answer).error.message, "Content-Encoding")
          }
        }
        assert.strictEqual(inside.calls, 0)
        const plain = yield* peer.ask(having(call, { "content-encoding": "identity" }))
        assert.strictEqual(plain.status, 200, "which is none")
      }).pipe(baseline)
    )
  })
}

/** Sends bytes and no end of them; gives back what is answered to that. */
const unfinished = (port: number, bytes: string) =>
  Effect.callback<string>((resume) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes))
    let text = ""
    socket.on("data", (chunk) => {
      text += chunk.toString()
      if (text.includes("\r\n\r\n")) socket.destroy()
    })
    socket.on("error", () => {})
    socket.on("close", () => resume(Effect.succeed(text)))
  })

const head = (framing: string) =>
  [
    "POST /mcp HTTP/1.1",
    "Host: localhost",
    ...Object.entries(call.headers!).map(([name, value]) => `${name}: ${value}`),
    framing,
    "\r\n"
  ].join("\r\n")

const piece = (bytes: number) => `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n`

const large: ReadonlyArray<readonly [what: string, bytes: string]> = [
  ["one that says it is too large is not waited for", head(`Content-Length: ${limit + 1}`)],
  ["nor is its end, if it does not say", head("Transfer-Encoding: chunked") + piece(limit + 1)],
  ["in small pieces", head("Transfer-Encoding: chunked") + piece(16).repeat(limit / 16 + 1)]
]

for (const [face, open] of faces.filter(([name]) => name !== "fetch")) {
  describe(`large bodies over ${face}`, () => {
    for (const [what, bytes] of large) {
      it.live(`E3, H12: ${what}: 413, to a hundred at a time, and the next client is served`, () =>
        Effect.gen(function* () {
          const { inside, server } = Fixture.make()
          const peer = yield* open(server)
          const port = Number(new URL(peer.origin).port)
          const answers = yield* Effect.all(
            Array.from({ length: 100 }, () => unfinished(port, bytes)),
            { concurrency: "unbounded" }
          )
          for (const answer of answers) {
            assert.match(answer, /^HTTP\/1\.1 413 /)
            // The connections of a router are the application's.
            if (face === "node")
              assert.match(answer, /^connection: close/im, "what else it sends is not read")
          }
          assert.strictEqual(inside.calls, 0)
          assert.strictEqual((yield* peer.ask(call)).status, 200)
        }).pipe(baseline, Effect.provide(limited))
      )
    }
  })
}

describe("large bodies over fetch", () => {
  /** A body without end, and how often more of it was asked for. */
  const endless = () => {
    const seen = { pulls: 0, cancelled: false }
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          seen.pulls++
          controller.enqueue(new Uint8Array(1024).fill(0x20))
        },
        cancel: () => {
          seen.cancelled = true
        }
      },
      { highWaterMark: 0 }
    )
    return { body, seen }
  }
  const asking = Effect.fnUntraced(function* (headers: Record<string, string>) {
    const { body, seen } = endless()
    const handler = yield* StreamableServer.handler(Fixture.make().server)
    const sent: RequestInit & { readonly duplex: "half" } = {
      method: "POST",
      headers: { ...call.headers, ...headers },
      body,
      duplex: "half"
    }
    const { status } = yield* Effect.promise(() => handler(new Request("http://localhost/mcp", sent)))
    return { status, seen }
  }, Effect.provide(limited))

  it.live("E3, H12: one that says it is too large is not read at all", () =>
    Effect.gen(function* () {
      const { seen, status } = yield* asking({ "content-length": String(limit + 1) })
      assert.strictEqual(status, 413)
      assert.strictEqual(seen.pulls, 0)
    }).pipe(baseline)
  )

  it.live("E3, H12: one that does not say is read as far as the limit, and let go", () =>
    Effect.gen(function* () {
      const { seen, status } = yield* asking({})
      assert.strictEqual(status, 413)
      assert.isAtMost(seen.pulls, limit / 1024 + 1)
      assert.isTrue(seen.cancelled)
    }).pipe(baseline)
  )
})
