import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import * as Headers from "../../src/transport/Headers.ts"

const written: ReadonlyArray<readonly [why: string, value: string, header: string]> = [
  ["plain ASCII", "us-west1", "us-west1"],
  ["a URI", "file:///projects/myapp/config.json", "file:///projects/myapp/config.json"],
  ["spaces and tabs inside", "a \t b", "a \t b"],
  ["not ASCII", "Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?="],
  ["spaces at the ends", " padded ", "=?base64?IHBhZGRlZCA=?="],
  ["a line feed", "line1\nline2", "=?base64?bGluZTEKbGluZTI=?="],
  ["a header smuggled in", "a\r\nX-Evil: 1", "=?base64?YQ0KWC1FdmlsOiAx?="],
  ["what looks encoded", "=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="],
  ["both marks in one", "=?base64?=", "=?base64?PT9iYXNlNjQ/PQ==?="],
  ["other case than the marks", "=?BASE64?literal?=", "=?BASE64?literal?="],
  ["nothing", "", "=?base64??="],
  ["DEL", "\u007F", "=?base64?fw==?="]
]

describe("transport/Headers", () => {
  for (const [why, value, header] of written) {
    it(`HTTP-38, HTTP-39, HTTP-40: ${why}: written and read again`, () => {
      assert.strictEqual(Headers.encode(value), header)
      assert.strictEqual(Headers.decode(header), value)
    })
  }

  it("HTTP-38: any text survives, and no header has a byte that headers must not have", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.string({ unit: "binary" }), (value) => {
        const header = Headers.encode(value)
        assert.match(header, /^[!-~](?:[\t -~]*[!-~])?$/)
        assert.strictEqual(Headers.decode(header), value)
      })
    )
  })

  it("whitespace around a header is not part of its value", () => {
    assert.strictEqual(Headers.decode(" \tus-west1 \t"), "us-west1")
    assert.strictEqual(Headers.decode(" =?base64?IHBhZGRlZCA=?= "), " padded ")
  })

  for (const header of [
    "\u00E9",
    "a\u0000",
    "=?base64?%%%%?=",
    "=?base64?abc?=",
    "=?base64?/w==?=",
    "=?base64?="
  ]) {
    it(`${JSON.stringify(header)} carries no value`, () => {
      assert.strictEqual(Headers.decode(header), undefined)
    })
  }

  const texts: ReadonlyArray<readonly [value: unknown, text: string | undefined]> = [
    ["x", "x"],
    ["", ""],
    [42, "42"],
    [-7, "-7"],
    [-0, "0"],
    [Number.MAX_SAFE_INTEGER, "9007199254740991"],
    [2 ** 53, undefined],
    [1.5, undefined],
    [true, "true"],
    [false, "false"],
    [null, undefined],
    [undefined, undefined],
    [{}, undefined],
    [["x"], undefined]
  ]
  for (const [value, text] of texts) {
    it(`HTTP-37: ${JSON.stringify(value)} is ${text === undefined ? "not mirrored" : `mirrored as "${text}"`}`, () => {
      assert.strictEqual(Headers.text(value), text)
    })
  }

  it("a header agrees with what it mirrors, decoded, and with numbers as numbers", () => {
    assert.isTrue(Headers.agrees("=?base64?IHBhZGRlZCA=?=", " padded "))
    assert.isTrue(Headers.agrees("42", 42))
    assert.isTrue(Headers.agrees("42.0", 42))
    assert.isTrue(Headers.agrees("4.2e1", 42))
    assert.isTrue(Headers.agrees("true", true))
    assert.isFalse(Headers.agrees("True", true))
    assert.isFalse(Headers.agrees("42.0", "42"))
    assert.isFalse(Headers.agrees("0x2a", 42))
    assert.isFalse(Headers.agrees("", 0))
    assert.isFalse(Headers.agrees("null", null))
    assert.isFalse(Headers.agrees("US-WEST1", "us-west1"))
  })

  it("Mcp-Name is the name of a tool or prompt, the URI of a resource, the id of a task", () => {
    assert.strictEqual(Headers.nameOf("tools/call", { name: "add" }), "add")
    assert.strictEqual(Headers.nameOf("prompts/get", { name: "greet" }), "greet")
    assert.strictEqual(Headers.nameOf("resources/read", { uri: "file:///a", name: "x" }), "file:///a")
    assert.strictEqual(Headers.nameOf("tasks/get", { taskId: "7" }), "7")
    assert.strictEqual(Headers.nameOf("tools/list", { name: "add" }), undefined)
    assert.strictEqual(Headers.nameOf("tools/call", { name: 5 }), undefined)
    assert.strictEqual(Headers.nameOf("constructor", { name: "x" }), undefined)
  })

  it("a request is mirrored as version, method and name", () => {
    const call = { jsonrpc: "2.0", id: 1, method: "prompts/get", params: { name: "grüßen" } } as const
    assert.deepStrictEqual(Headers.standard("2026-07-28", call), {
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "prompts/get",
      "mcp-name": "=?base64?Z3LDvMOfZW4=?="
    })
    assert.deepStrictEqual(Headers.standard("2026-07-28", { jsonrpc: "2.0", id: 1, method: "tools/list" }), {
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/list"
    })
  })

  it("annotated arguments become headers, nested ones too; absent and null ones do not", () => {
    const fields = [
      { name: "Region", path: ["region"] },
      { name: "Shard", path: ["where", "shard"] },
      { name: "Dry", path: ["dry"] },
      { name: "Gone", path: ["gone"] },
      { name: "Proto", path: ["constructor", "name"] }
    ]
    assert.deepStrictEqual(
      Headers.params(fields, { region: "Zürich", where: { shard: 3 }, dry: false, gone: null }),
      {
        "mcp-param-region": "=?base64?WsO8cmljaA==?=",
        "mcp-param-shard": "3",
        "mcp-param-dry": "false"
      }
    )
    assert.deepStrictEqual(Headers.params(fields, undefined), {})
  })
})
