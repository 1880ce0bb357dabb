import { assert, describe, it } from "@effect/vitest"
import * as Reference from "../../src/cli/load/Reference.ts"

describe("Reference", () => {
  const means = (text: string, file: string, name?: string) =>
    it(`S112: ${text} is ${name ?? "what is usual"} of ${file}`, () => {
      assert.deepStrictEqual(Reference.parse(text), name === undefined ? { file } : { file, name })
    })

  means("server.ts", "server.ts")
  means("server.ts:app", "server.ts", "app")
  means("/srv/my server.ts:app", "/srv/my server.ts", "app")
  means(String.raw`C:\x\server.ts`, String.raw`C:\x\server.ts`)
  means(String.raw`C:\x\server.ts:app`, String.raw`C:\x\server.ts`, "app")
  means("c:/x/server.ts:$app", "c:/x/server.ts", "$app")
  means("C:server", "C:server")
  means("a:b/server.ts", "a:b/server.ts")
  means("server.ts:", "server.ts:")
  means("server.ts:grüße", "server.ts", "grüße")
})
