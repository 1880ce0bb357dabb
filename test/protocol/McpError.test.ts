import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as McpError from "../../src/protocol/McpError.ts"

const source = fileURLToPath(new URL("../../src", import.meta.url))
const codes = Object.values(McpError.code)

describe("codes", () => {
  it("ERR-1, ERR-2: none of ours is of the legacy range; what older revisions have there is -32002", () => {
    assert.deepStrictEqual(
      codes.filter((code) => code <= -32000 && code > -32020),
      [-32002]
    )
  })

  it("ERR-4, ERR-5: of the protocol's own range there is what some revision defines", () => {
    assert.sameMembers(
      codes.filter((code) => code <= -32020 && code >= -32099),
      [-32020, -32021, -32022, -32042]
    )
  })

  it("ERR-1, ERR-4: no other is written anywhere", () => {
    for (const file of readdirSync(source, { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts")) continue
      const text = readFileSync(join(source, file), "utf8").replace(/\/\*[^]*?\*\/|\/\/.*/g, "")
      for (const [found] of text.matchAll(/-32\d{3}\b/g)) {
        const known = codes.includes(Number(found) as (typeof codes)[number])
        assert.isTrue(known || ["-32019", "-32099"].includes(found), `${file}: ${found}`)
      }
    }
  })
})
