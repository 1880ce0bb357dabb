/** What it costs to hold a URI against a template: a step for each character and expression, whatever they are. */
import { assert, describe, it } from "@effect/vitest"
import * as UriTemplate from "../../src/protocol/UriTemplate.ts"

/** The matcher sees the URI through this, and each look at it counts. */
const counted = (uri: string) => {
  let looks = 0
  const watched = new Proxy(Object(uri) as string & object, {
    get: (text, key) => {
      looks++
      const member: unknown = Reflect.get(text, key, text)
      return typeof member === "function" ? member.bind(text) : member
    }
  })
  return { uri: watched as string, looks: () => looks }
}

const looksFor = (template: string, uri: string) => {
  const text = counted(uri)
  UriTemplate.make(template).match(text.uri)
  return text.looks()
}

const operators = ["", "+", "#", ".", "/", ";", "?", "&"]
const endings = ["", "*", ":5", ":9999"]

/** Texts that make a matcher that backtracks try everything, and then fail or nearly fail. */
const hostile: ReadonlyArray<readonly [what: string, uri: (length: number) => string]> = [
  ["one letter", (length) => "a".repeat(length)],
  ["slashes", (length) => "/".repeat(length)],
  ["commas", (length) => "a,".repeat(length / 2)],
  ["dots", (length) => ".a".repeat(length / 2)],
  ["pairs", (length) => `?${"a=&".repeat(length / 3)}`],
  ["names", (length) => `?${"a&b&".repeat(length / 4)}`],
  ["parameters", (length) => ";a=".repeat(length / 3)],
  ["signs", (length) => "?#&;/.".repeat(length / 6)],
  ["broken escapes", (length) => "%".repeat(length)],
  ["escapes", (length) => "%41".repeat(length / 3)]
]

describe("what is literal in a template", () => {
  it("E2, S032: stands for itself, whatever it means in a regular expression", () => {
    const literals = [".", "+", "*?", "(a|b)", "[a-z]", "^a$", "\\d", "%2E", "$&"]
    for (const literal of literals) {
      const { match } = UriTemplate.make(`x:${literal}/{id}/${literal}`)
      assert.deepStrictEqual(match(`x:${literal}/1/${literal}`), { id: "1" }, literal)
      for (const other of ["a", "b", "aa", "", "7", "%2e", `${literal}${literal}`]) {
        if (other !== literal)
          assert.isUndefined(match(`x:${other}/1/${other}`), `${literal} is not ${other}`)
      }
      for (const end of ["\n", "\r\n", "\u0000", " ", "\u2028"]) {
        assert.isUndefined(match(`x:${literal}/1/${literal}${end}`), JSON.stringify(end))
        assert.isUndefined(match(`${end}x:${literal}/1/${literal}`), JSON.stringify(end))
      }
    }
  })
})

describe("E1: a URI made to be slow", () => {
  for (const operator of operators) {
    for (const ending of endings) {
      it(`E1, S034: costs {${operator}a${ending}} so much for each character, and no more`, () => {
        const one = `{${operator}a${ending}}`
        for (const template of [
          `x:${one}!`,
          `x:{${operator}a${ending},b${ending}}!`,
          `x:${one}${one.replace("a", "b")}${one.replace("a", "c")}!`,
          `x:${one}a{+b}a{+c*}a!`
        ]) {
          for (const [what, uri] of hostile) {
            const [n, twice, fourTimes] = [1200, 2400, 4800].map((length) =>
              looksFor(template, `x:${uri(length)}`)
            )
            assert.isAtMost(twice!, 2 * n! + 20, `${template}, ${what}`)
            assert.isAtMost(fourTimes!, 4 * n! + 60, `${template}, ${what}`)
          }
        }
      })
    }
  }

  it("E1, S034: is refused or read in the end, at 64 KiB", () => {
    for (const operator of operators) {
      for (const ending of endings) {
        const one = `{${operator}a${ending}}`
        const { match } = UriTemplate.make(`x:${one}${one.replace("a", "b")}${one.replace("a", "c")}!`)
        for (const [what, uri] of hostile) assert.isUndefined(match(`x:${uri(65_536)}`), `${one}, ${what}`)
      }
    }
  })

  it("E1: costs as much for each expression of a template", () => {
    const uri = `x:${"a".repeat(2000)}`
    const of = (times: number) => Array.from({ length: times }, (_, index) => `{v${index}}a`).join("")
    const [n, twice, fourTimes] = [10, 20, 40].map((times) => looksFor(`x:${of(times)}!`, uri))
    assert.isAtMost(twice!, 2.2 * n!)
    assert.isAtMost(fourTimes!, 4.4 * n!)
  })
})
