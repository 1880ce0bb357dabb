/** A gate that was never seen to fail has not been shown to work: each rule is broken once. */
import { assert, describe, it } from "@effect/vitest"
import * as boundaries from "./boundaries.ts"
import { compare } from "./exportMap.ts"
import * as secrets from "./secrets.ts"
import * as sizes from "./sizes.ts"
import * as tenure from "./tenure.ts"
import { parse } from "./tree.ts"
import * as words from "./words.ts"

const file = (path: string, ...lines: ReadonlyArray<string>) => parse(path, lines.join("\n"))
const says = ({ problems }: { readonly problems: ReadonlyArray<string> }) => problems.join("\n")

describe("import boundaries", () => {
  const offends = (path: string, line: string, what: RegExp) =>
    it(`${path} may not: ${line}`, () => {
      assert.match(says(boundaries.check([file(path, line)])), what)
    })

  offends(
    "src/protocol/A.ts",
    'import { a } from "../server/B.ts"',
    /protocol\) must not import src\/server\/B\.ts/
  )
  offends(
    "src/server/A.ts",
    'import { a } from "../client/B.ts"',
    /server\) must not import src\/client\/B\.ts/
  )
  offends(
    "src/client/A.ts",
    'import type { A } from "../server/B.ts"',
    /client\) must not import src\/server\/B\.ts/
  )
  offends("src/server/A.ts", 'import { a } from "../transport/B.ts"', /must not import src\/transport\/B\.ts/)
  offends("src/server/A.ts", 'import { a } from "node:fs"', /must not import node:fs/)
  offends(
    "src/transport/Loop.ts",
    'import "@effect/platform-node/NodeStdio"',
    /must not import @effect\/platform-node/
  )
  offends("src/protocol/A.ts", 'export { a } from "../server/B.ts"', /must not import/)
  offends("src/protocol/A.ts", 'const a = () => import("../server/B.ts")', /must not import/)
  offends("src/server/A.ts", 'import { Effect } from "effect"', /barrel/)
  offends("examples/x/server.ts", 'import { NodeRuntime } from "@effect/platform-node"', /barrel/)
  offends("src/elsewhere/A.ts", "export {}", /belongs to no area/)

  it("allows what the architecture allows", () => {
    const tree = [
      file("src/protocol/A.ts", 'import * as Effect from "effect/Effect"'),
      file("src/server/B.ts", 'import * as A from "../protocol/A.ts"'),
      file("src/transport/StdioC.ts", 'import { a } from "node:fs"', 'import * as B from "../server/B.ts"')
    ]
    assert.deepStrictEqual(boundaries.check(tree).problems, [])
  })

  it("finds circles of values and tolerates circles of types", () => {
    const circle = (kind: string) => [
      file("src/server/A.ts", `import ${kind} { b } from "./B.ts"`),
      file("src/server/B.ts", `import ${kind} { a } from "./A.ts"`)
    ]
    assert.match(
      says(boundaries.check(circle(""))),
      /a circle of imports: src\/server\/A\.ts -> src\/server\/B\.ts/
    )
    assert.deepStrictEqual(boundaries.check(circle("type")).problems, [])
  })
})

describe("file size", () => {
  const lines = (count: number) => file("src/A.ts", ...Array.from({ length: count + 1 }, () => ""))

  it("fails over 400 lines and lists over 300", () => {
    assert.lengthOf(sizes.check([lines(401)]).problems, 1)
    assert.deepStrictEqual(sizes.check([lines(400)]), { problems: [], notes: ["src/A.ts has 400 lines"] })
    assert.deepStrictEqual(sizes.check([lines(300)]), { problems: [], notes: [] })
  })
})

describe("words", () => {
  for (const [path, line] of [
    ["src/A.ts", `// ${"TO"}DO later`],
    ["test/A.test.ts", `it.${"only"}("x", () => {})`],
    ["test/A.test.ts", `describe.${"skip"}("x", () => {})`],
    ["test/A.test.ts", `yield* Effect.${"sleep"}("1 second")`],
    ["src/A.ts", `const a = b as ${"any"}`],
    ["src/A.ts", `// @ts-${"ignore"}`],
    ["src/A.ts", `new ${"Function"}("return 1")`],
    ["src/A.ts", `spawn("a", { shell: ${"true"} })`]
  ] as const) {
    it(`finds ${line} in ${path}`, () => {
      assert.lengthOf(words.check([file(path, line)]).problems, 1)
    })
  }
})

describe("secrets", () => {
  const inAuth = (line: string) => secrets.check([file("src/auth/server/A.ts", line)]).problems

  for (const line of [
    "if (token === expected) {}",
    "if (client.secret !== sent.secret) {}",
    "if (given == found?.codeVerifier) {}",
    'if ((response.state ?? "") !== expected) {}',
    "if (csrf === (yield* cookie)) {}",
    "if (digest === known.secretDigest) {}",
    "if (password! != typed) {}",
    "if (Redacted.value(one) === Redacted.value(other)) {}",
    "const found = keys.get(Redacted.value(key))",
    "const found = clients.has(request.token)",
    "const found = codes.includes(code)",
    "const found = expected.startsWith(secret)",
    "const fits = Mac.timingSafeEqual(one, other)"
  ]) {
    it(`D11: finds ${line}`, () => {
      assert.lengthOf(inAuth(`function* f() { ${line} }`), 1)
    })
  }

  for (const line of [
    "if (token === undefined) {}",
    'if (error.code === "ENOENT") {}',
    'if (typeof token === "string") {}',
    "if (found.clientId === client.id) {}",
    'const token = parameters.get("token")',
    "const same = Secrets.same(token, expected)"
  ]) {
    it(`D11: leaves ${line} alone`, () => {
      assert.deepStrictEqual(inAuth(line), [])
    })
  }

  it("D11: is about what is compared for authorization, outside the place where that is done", () => {
    const line = "const same = Mac.timingSafeEqual(token, expected)"
    assert.deepStrictEqual(secrets.check([file("src/auth/Secrets.ts", line)]).problems, [])
    assert.deepStrictEqual(secrets.check([file("src/server/A.ts", "token === other")]).problems, [])
  })
})

describe("tenure", () => {
  const onTheWay = (line: string) => tenure.check([file("src/transport/A.ts", line)]).problems

  for (const line of ["this.say = () => request", "entry.expire = function () {}", "a[b] = async () => {}"]) {
    it(`finds ${line}`, () => assert.lengthOf(onTheWay(`function f() { ${line} }`), 1))
  }

  for (const line of [
    "const say = () => 1; this.say = say",
    "({ say: () => 1 })",
    "class A { say = () => 1 }"
  ]) {
    it(`leaves ${line} alone`, () => assert.deepStrictEqual(onTheWay(`function f() { ${line} }`), []))
  }
})

describe("the export map", () => {
  const entry = {
    "mcp-effect-source": "./src/server/Tool.ts",
    types: "./dist/server/Tool.d.ts",
    default: "./dist/server/Tool.js"
  }
  const index = 'export * as Tool from "./server/Tool.ts"'
  const files = new Set(["src/server/Tool.ts"])

  it("agrees with the files and the index", () => {
    assert.deepStrictEqual(compare({ "./Tool": entry }, files, index), [])
  })
  it("misses a file", () => {
    assert.match(compare({ "./Tool": entry }, new Set(), index).join(), /there is no src\/server\/Tool\.ts/)
  })
  it("sees targets that differ", () => {
    assert.match(
      compare({ "./Tool": { ...entry, default: "./dist/Tool.js" } }, files, index).join(),
      /same module/
    )
  })
  it("misses a name in the index, and an export for a name", () => {
    assert.match(compare({ "./Tool": entry }, files, "").join(), /does not name it/)
    assert.match(compare({}, files, index).join(), /no export of its own/)
  })
})
