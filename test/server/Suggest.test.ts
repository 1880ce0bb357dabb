import { assert, describe, it } from "@effect/vitest"
import { nearest } from "../../src/server/Suggest.ts"

describe("Suggest.nearest", () => {
  const names = ["get_weather", "list_users", "add", "Search"]
  const table: ReadonlyArray<readonly [sent: string, meant: string | undefined]> = [
    ["get_wether", "get_weather"],
    ["getWeather", "get_weather"],
    ["list-users", "list_users"],
    ["GET_WEATHER", "get_weather"],
    ["ad", "add"],
    ["serach", "Search"],
    ["delete_everything", undefined],
    ["x", undefined],
    ["", undefined]
  ]
  for (const [sent, meant] of table) {
    it(`S056: ${JSON.stringify(sent)} was probably meant to be ${meant ?? "something else"}`, () => {
      assert.strictEqual(nearest(sent, names), meant)
    })
  }

  it("S056: of one letter only its case may be a slip", () => {
    assert.isUndefined(nearest("c", ["a", "b"]))
    assert.strictEqual(nearest("B", ["a", "b"]), "b")
  })

  it("S056: an endless name costs nothing", () => {
    assert.isUndefined(nearest("a".repeat(1_000_000), ["a".repeat(1_000_000)]))
  })
})
