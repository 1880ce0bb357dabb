import { assert, describe, it } from "@effect/vitest"
import * as StdioTail from "../../src/transport/StdioTail.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

describe("StdioTail", () => {
  it("P2: keeps the last lines, finished or not", () => {
    const tail = StdioTail.make(3)
    tail.push(bytes("one\ntwo\r\n\nthr"))
    tail.push(bytes("ee\nfour"))
    assert.deepStrictEqual(tail.lines(), ["two", "three", "four"])
  })

  it("P7: a character split between chunks is whole, and a broken one does no harm", () => {
    const tail = StdioTail.make(3)
    const input = bytes("漢字\n")
    tail.push(input.subarray(0, 1))
    tail.push(input.subarray(1))
    tail.push(Uint8Array.of(0xff, 0x0a))
    assert.deepStrictEqual(tail.lines(), ["漢字", "\uFFFD"])
  })

  it("P11: a flood leaves no more than twenty kilobytes behind", () => {
    const tail = StdioTail.make(20)
    const chunk = new Uint8Array(65_536).fill(0x78)
    for (let sent = 0; sent < 500; sent++) tail.push(chunk)
    assert.isAtMost(tail.lines().join("").length, 20 * 1024)
  })
})
