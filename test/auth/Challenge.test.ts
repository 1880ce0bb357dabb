import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import * as Challenge from "../../src/auth/client/Challenge.ts"

const read = (header: string) =>
  Challenge.parse(header).map(({ parameters, scheme }) => [scheme, Object.fromEntries(parameters)])

describe("WWW-Authenticate", () => {
  const cases: ReadonlyArray<readonly [string, ReadonlyArray<unknown>]> = [
    ["", []],
    ["Bearer", [["bearer", {}]]],
    [`Bearer scope="a b", error=invalid_token`, [["bearer", { scope: "a b", error: "invalid_token" }]]],
    [`bearer SCOPE = "a"`, [["bearer", { scope: "a" }]]],
    [`Bearer scope="say \\"hi\\", \\\\ please"`, [["bearer", { scope: `say "hi", \\ please` }]]],
    [
      `Basic realm="a, Bearer scope=x", Bearer scope="b",DPoP algs="ES256"`,
      [
        ["basic", { realm: "a, Bearer scope=x" }],
        ["bearer", { scope: "b" }],
        ["dpop", { algs: "ES256" }]
      ]
    ],
    [`Bearer scope="first", scope="second"`, [["bearer", { scope: "first" }]]],
    [
      `Bearer resource_metadata=https://a.example/x?y=1,scope=z`,
      [["bearer", { resource_metadata: "https://a.example/x?y=1", scope: "z" }]]
    ],
    [
      `Bearer scope="unterminated`,
      [
        ["bearer", { scope: "" }],
        ["unterminated", {}]
      ]
    ],
    [
      `Bearer __proto__="x", scope="y"`,
      [
        [
          "bearer",
          Object.fromEntries([
            ["__proto__", "x"],
            ["scope", "y"]
          ])
        ]
      ]
    ]
  ]
  for (const [header, expected] of cases) {
    it(`DISC-5: ${header}`, () => {
      assert.deepStrictEqual(read(header), expected)
    })
  }

  it("DISC-5: whatever is in it, reading ends", () => {
    const pieces = FastCheck.array(
      FastCheck.constantFrom("Bearer", " ", ",", "=", `"`, "\\", "scope", "a", "\u00e9", `="`, "x=y"),
      { maxLength: 300 }
    )
    FastCheck.assert(
      FastCheck.property(pieces, (parts) => {
        Challenge.parse(parts.join(""))
      })
    )
  })

  it("DISC-5: reading a long one takes time in proportion to its length", () => {
    assert.isArray(Challenge.parse(`a="`.repeat(100_000)))
    assert.isArray(Challenge.parse(`="\\`.repeat(100_000)))
  })
})

describe("what a challenge asks for", () => {
  it("the one for tokens counts, wherever it stands", () => {
    assert.deepStrictEqual(Challenge.demand(`Basic realm="x", Bearer error="invalid_token", scope="a"`), {
      error: "invalid_token",
      scope: "a",
      resourceMetadata: undefined,
      bound: false
    })
    assert.deepStrictEqual(Challenge.demand(undefined), Challenge.nothing)
  })

  it("tokens bound to a key are wanted where no others are", () => {
    assert.isTrue(Challenge.demand(`DPoP scope="a"`).bound)
    assert.isFalse(Challenge.demand(`DPoP scope="a", Bearer`).bound)
    assert.strictEqual(Challenge.demand(`Bearer, DPoP error="use_dpop_nonce"`).error, "use_dpop_nonce")
  })
})
