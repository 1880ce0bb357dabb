import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Catalog from "../../src/server/Catalog.ts"
import * as Dynamic from "../../src/server/Dynamic.ts"
import type { Part } from "../../src/server/Part.ts"
import * as Resource from "../../src/server/Resource.ts"

const one = Resource.text("a://1", {}, "")
const two = Resource.text("a://2", {}, "")
const uris = <R>(catalog: Catalog.Catalog<R>) => [...catalog.resources.keys()]

describe("Catalog", () => {
  it("TOOL-3: the parts of extensions stand where the extension stands", () => {
    const extension: Part<never> = { _tag: "Extension", id: "com.example/x", settings: {}, parts: [two] }
    assert.deepStrictEqual(uris(Catalog.make([extension, one], "error")()), ["a://2", "a://1"])
  })

  it.effect("S215: it is built again only when a dynamic part has changed", () =>
    Effect.gen(function* () {
      const plugins = Dynamic.make()
      const catalog = Catalog.make([one, plugins.part], "error")
      const before = catalog()
      assert.strictEqual(catalog(), before)
      yield* plugins.add(two)
      assert.deepStrictEqual(uris(catalog()), ["a://1", "a://2"])
      assert.strictEqual(catalog(), catalog())
    })
  )

  it("S043: with the policy warn the first stays, and standard error says so", () => {
    const said: Array<string> = []
    const { warn } = console
    console.warn = (text: string) => void said.push(text)
    try {
      assert.deepStrictEqual(uris(Catalog.make([one, one], "warn")()), ["a://1"])
    } finally {
      console.warn = warn
    }
    assert.match(said.join(), /Two parts of the server claim "a:\/\/1"/)
  })

  it.effect("S164: methods are looked up by their own names, never by those of a prototype", () =>
    Effect.sync(() => {
      const { methods } = Catalog.make([one], "error")()
      assert.isUndefined(methods.get("toString"))
      assert.isUndefined(methods.get("__proto__"))
    })
  )
})
