import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import * as EventStream from "../../src/transport/client/EventStream.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

const heard = (chunks: ReadonlyArray<Uint8Array>, limit = 64) => {
  const stream = EventStream.make(limit)
  const events = chunks.flatMap((chunk) =>
    stream.push(chunk).map(({ data, id, type }) => `${type}${id === undefined ? "" : `#${id}`}: ${data}`)
  )
  return {
    events: stream.overflowed() ? [...events, "<too long>"] : events,
    retry: stream.retry()
  }
}

type Case = readonly [name: string, text: string, events: ReadonlyArray<string>, retry?: number]

const table: ReadonlyArray<Case> = [
  ["one event", 'data: {"a":1}\n\n', ['message: {"a":1}']],
  ["several events", "data: 1\n\ndata: 2\n\n", ["message: 1", "message: 2"]],
  ["lines of data are joined", "data: 1\ndata:\ndata: 3\n\n", ["message: 1\n\n3"]],
  ["a type", "event: endpoint\ndata: /messages\n\ndata: x\n\n", ["endpoint: /messages", "message: x"]],
  ["an empty type", "event:\ndata: x\n\n", ["message: x"]],
  ["no space, one, two", "data:a\ndata: b\ndata:  c\n\n", ["message: a\nb\n c"]],
  ["a field without a colon", "data\n\n", ["message: "]],
  ["unknown fields", "dat: x\ndata-x: y\n data: z\ndata: 1\n\n", ["message: 1"]],
  ["CR", "data: 1\r\rdata: 2\r\r", ["message: 1", "message: 2"]],
  ["CRLF", "data: 1\r\n\r\ndata: 2\r\n\r\n", ["message: 1", "message: 2"]],
  [
    "mixed ends of lines",
    "data: 1\n\rdata: 2\r\n\ndata: 3\r\r\n",
    ["message: 1", "message: 2", "message: 3"]
  ],
  ["a byte order mark", "\uFEFFdata: 1\n\n\uFEFFdata: 2\n\n", ["message: 1"]],
  ["comments", ": hello\n\n:\n:\ndata: 1\n: in between\ndata: 2\n\n", ["message: 1\n2"]],
  ["blank lines", "\n\n\ndata: 1\n\n\n", ["message: 1"]],
  ["no final blank line", "data: 1\n\ndata: 2\n", ["message: 1"]],
  ["nothing", "", []],
  ["an id lasts", "id: 7\ndata: 1\n\ndata: 2\n\n", ["message#7: 1", "message#7: 2"]],
  ["an id with empty data primes", "id: 7\ndata:\n\n", ["message#7: "]],
  ["an id alone moves the cursor", "id: 7\n\n: still there\n\n", ["message#7: "]],
  ["an id with NUL is ignored", "id: 7\ndata: 1\n\nid: 8\0\ndata: 2\n\n", ["message#7: 1", "message#7: 2"]],
  ["an empty id forgets", "id: 7\ndata: 1\n\nid\ndata: 2\n\n", ["message#7: 1", "message#: 2"]],
  ["retry", "retry: 1500\ndata: 1\n\n", ["message: 1"], 1500],
  ["retry alone", "retry:0\n\n", [], 0],
  ["a bogus retry", "retry: 10\nretry: 1e3\nretry: -5\nretry: 5s\nretry:\n\n", [], 10],
  ["characters of two, three and four bytes", "data: é漢🧵\n\n", ["message: é漢🧵"]],
  ["the separators U+2028 and U+0085", "data: \u2028\u0085\n\n", ["message: \u2028\u0085"]],
  [
    "an event of the limit",
    `data:${"x".repeat(59)}\n\ndata: 1\n\n`,
    [`message: ${"x".repeat(59)}`, "message: 1"]
  ],
  ["a line over the limit", `data: 1\n\ndata:${"x".repeat(60)}\n\ndata: 2\n\n`, ["message: 1", "<too long>"]],
  ["a line that does not end", `data: 1\n\n${"x".repeat(65)}`, ["message: 1", "<too long>"]],
  ["lines together over the limit", `data: ${"x".repeat(40)}\ndata: ${"y".repeat(40)}\n\n`, ["<too long>"]],
  ["many comments in one event", `${`:${"x".repeat(60)}\n`.repeat(5)}data: 1\n\n`, ["message: 1"]],
  [
    "bytes that are no UTF-8 do not end the stream",
    "data: \uFFFD\n\ndata: 1\n\n",
    ["message: \uFFFD", "message: 1"]
  ]
]

describe("EventStream", () => {
  for (const [name, text, events, retry] of table) {
    it(`HTTP-17: ${name}, split anywhere`, () => {
      const input = bytes(text)
      const expected = { events, retry }
      assert.deepStrictEqual(heard([input]), expected, "in one chunk")
      assert.deepStrictEqual(
        heard(Array.from(input, (byte) => Uint8Array.of(byte))),
        expected,
        "byte by byte"
      )
      for (let at = 0; at <= input.length; at++) {
        assert.deepStrictEqual(
          heard([input.subarray(0, at), input.subarray(at)]),
          expected,
          `split before ${at}`
        )
      }
    })
  }

  it("what any chunking of any text makes is what the whole text makes", () => {
    const piece = FastCheck.constantFrom(
      "data",
      ":",
      " ",
      "\n",
      "\r",
      "\r\n",
      "id",
      "event",
      "retry",
      "7",
      "x",
      "é",
      "\0"
    )
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(piece, { maxLength: 60 }),
        FastCheck.array(FastCheck.nat(), { maxLength: 6 }),
        (pieces, cuts) => {
          const input = bytes(pieces.join(""))
          const places = [
            0,
            ...cuts.map((cut) => cut % (input.length + 1)).sort((a, b) => a - b),
            input.length
          ]
          const chunks = places.slice(1).map((end, index) => input.subarray(places[index], end))
          assert.deepStrictEqual(heard(chunks, 1000), heard([input], 1000))
        }
      )
    )
  })

  it("a message in a thousand chunks is joined once", () => {
    const stream = EventStream.make(16 * 1024 * 1024)
    const chunk = bytes("x".repeat(16_000))
    stream.push(bytes("data: "))
    for (let at = 0; at < 1000; at++) assert.deepStrictEqual(stream.push(chunk), [])
    const [event] = stream.push(bytes("\n\n"))
    assert.strictEqual(event?.data.length, 16_000_000)
  })
})
