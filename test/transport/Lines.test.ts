import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import * as Lines from "../../src/transport/Lines.ts"

/** What framing makes of an input that arrives in these chunks: lines as they are, faults in angle brackets. */
const framed = (chunks: ReadonlyArray<Uint8Array>, limit = 64): ReadonlyArray<string> => {
  const heard: Array<string> = []
  const lines = Lines.make({
    limit,
    line: (text) => heard.push(text),
    bad: (why) => heard.push(`<${why}>`)
  })
  for (const chunk of chunks) lines.push(chunk)
  lines.end()
  return heard
}

const bytes = (text: string) => new TextEncoder().encode(text)
const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))

const table: ReadonlyArray<readonly [name: string, input: Uint8Array, expected: ReadonlyArray<string>]> = [
  ["one line", bytes('{"a":1}\n'), ['{"a":1}']],
  ["several lines", bytes('{"a":1}\n[2]\n3\n'), ['{"a":1}', "[2]", "3"]],
  ["no final newline", bytes('{"a":1}\n{"b":2}'), ['{"a":1}', '{"b":2}']],
  ["nothing", bytes(""), []],
  ["blank lines", bytes("\n\r\n  \t\n1\n\n"), ["1"]],
  ["CRLF", bytes("1\r\n2\r\n"), ["1\r", "2\r"]],
  ["CR alone does not end a line", bytes("1\r2\n"), ["1\r2"]],
  ["a byte order mark at the start", bytes("\uFEFF1\n2\n"), ["1", "2"]],
  ["a byte order mark at the start of a later line", bytes("1\n\uFEFF2\n"), ["1", "2"]],
  ["a byte order mark within a line stays", bytes('"\uFEFF"\n'), ['"\uFEFF"']],
  ["a byte order mark alone", bytes("\uFEFF\n1\n"), ["1"]],
  ["characters of two, three and four bytes", bytes('"é漢🧵"\n"ü"\n'), ['"é漢🧵"', '"ü"']],
  ["the separators U+2028 and U+0085 do not end a line", bytes('"\u2028\u0085"\n'), ['"\u2028\u0085"']],
  ["NUL", bytes("1\0\n2\n"), ["1\0", "2"]],
  ["an escaped lone surrogate", bytes('"\\ud800"\n'), ['"\\ud800"']],
  ["an encoded lone surrogate", latin1('"\xED\xA0\x80"\n1\n'), ["<not UTF-8>", "1"]],
  ["a byte no UTF-8 has", latin1("1\n\xFF\n2\n"), ["1", "<not UTF-8>", "2"]],
  ["a character cut off by the newline", latin1("\xE6\xBC\n1\n"), ["<not UTF-8>", "1"]],
  ["a character cut off by the end", latin1("1\n\xE6\xBC"), ["1", "<not UTF-8>"]],
  ["a line of the limit", bytes(`${"x".repeat(64)}\n1\n`), ["x".repeat(64), "1"]],
  ["a line over the limit", bytes(`1\n${"x".repeat(65)}\n2\n`), ["1", "<too long>", "2"]],
  ["a line far over the limit", bytes(`${"x".repeat(640)}\n2\n`), ["<too long>", "2"]],
  ["the last line over the limit", bytes(`1\n${"x".repeat(65)}`), ["1", "<too long>"]],
  ["two lines over the limit", bytes(`${"x".repeat(65)}\n${"y".repeat(65)}\n`), ["<too long>", "<too long>"]]
]

describe("Lines", () => {
  for (const [name, input, expected] of table) {
    it(`P7/P8: ${name}, split anywhere`, () => {
      assert.deepStrictEqual(framed([input]), expected, "in one chunk")
      assert.deepStrictEqual(
        framed(Array.from(input, (byte) => Uint8Array.of(byte))),
        expected,
        "byte by byte"
      )
      for (let at = 0; at <= input.length; at++) {
        const chunks = [input.subarray(0, at), input.subarray(at)]
        assert.deepStrictEqual(framed(chunks), expected, `split before byte ${at}`)
      }
    })
  }

  it("P7: a multilingual text of 64 KiB is exact at every split point", () => {
    const sample = "naïve Ελληνικά русский العربية हिन्दी 漢字かな 한국어 👩‍👩‍👧‍👦 𝒳 \\u2028 "
    const text = JSON.stringify(sample.repeat(Math.ceil(65_536 / bytes(sample).length)))
    const input = bytes(`${text}\n`)
    assert.isAbove(input.length, 65_536)
    for (let at = 1; at < input.length; at += at < 4096 ? 1 : 97) {
      let same = false
      const lines = Lines.make({
        limit: input.length,
        line: (line) => (same = line === text),
        bad: (why) => assert.fail(why)
      })
      lines.push(input.subarray(0, at))
      lines.push(input.subarray(at))
      assert.isTrue(same, `split before byte ${at}`)
    }
  })

  it("P7: framing any bytes in any chunks is framing them whole", () => {
    const piece = FastCheck.oneof(
      FastCheck.uint8Array({ maxLength: 20 }),
      FastCheck.constantFrom("\n", "\r\n", "\uFEFF", "{}", "é", "🧵", "x".repeat(30)).map(bytes)
    )
    FastCheck.assert(
      FastCheck.property(FastCheck.array(piece, { maxLength: 20 }), (chunks) => {
        assert.deepStrictEqual(framed(chunks), framed([Buffer.concat(chunks)]))
      }),
      { numRuns: 2000 }
    )
  })

  it("P6, E5: an endless line is reported once, at the limit, and what follows is heard", () => {
    const heard: Array<string> = []
    const lines = Lines.make({
      limit: 10_000,
      line: (text) => heard.push(text),
      bad: (why) => heard.push(why)
    })
    const chunk = new Uint8Array(1000).fill(0x78)
    for (let sent = 0; sent < 10; sent++) lines.push(chunk)
    assert.deepStrictEqual(heard, [], "ten thousand bytes are allowed")
    for (let sent = 0; sent < 1000; sent++) lines.push(chunk)
    assert.deepStrictEqual(heard, ["too long"])
    lines.push(bytes("\n1\n"))
    assert.deepStrictEqual(heard, ["too long", "1"])
  })

  it("P6, E5: a line that arrives byte by byte costs memory in proportion to its length", () => {
    const limit = 4 * 1024 * 1024
    const byte = Uint8Array.of(0x78)
    const lines = Lines.make({ limit, line: () => {}, bad: () => {} })
    const before = process.memoryUsage()
    for (let sent = 0; sent < limit; sent++) lines.push(byte)
    const after = process.memoryUsage()
    const grown = after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed
    assert.isBelow(grown, 8 * limit, "a peer that sends single bytes must not be remembered chunk by chunk")
    lines.end()
  })
})
