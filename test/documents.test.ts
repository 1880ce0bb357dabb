/** The documents around the code: they are there, and what they link to is there as well. */
import { assert, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const read = (path: string) => readFileSync(join(root, path), "utf8")

const documents = ["README.md", ".github", "examples", "template"].flatMap((place) =>
  statSync(join(root, place)).isFile()
    ? [place]
    : readdirSync(join(root, place), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
        .map((name) => join(place, name))
)

/** Code in a document is not read for links. */
const prose = (path: string) => read(path).replace(/^```[\s\S]*?^```/gm, "")

/** What a heading is reached by. */
const anchors = (path: string) =>
  new Set(
    [...prose(path).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-")
    )
  )

const isThere = (from: string, link: string) => {
  const [path = "", anchor] = link.split("#")
  const target = path === "" ? from : join(dirname(from), path)
  return existsSync(join(root, target)) && (anchor === undefined || anchors(target).has(anchor))
}

describe("documents", () => {
  it("S014: the licence and how to contribute are there", () => {
    assert.match(read("LICENSE"), /^MIT License/)
    assert.include(read(".github/CONTRIBUTING.md"), "npm run check")
  })

  it("S015: how to behave, and how to report vulnerabilities, are there; the sources are TypeScript", () => {
    assert.include(read(".github/CODE_OF_CONDUCT.md"), "# Code of conduct")
    assert.include(read(".github/SECURITY.md"), "Report a vulnerability")
    const others = ["src", "examples"]
      .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }))
      .filter((name) => /\.[cm]?jsx?$/.test(name))
    assert.deepStrictEqual(others, [])
  })

  it("S014: every link within the project leads somewhere", () => {
    const links = documents.flatMap((path) =>
      [...prose(path).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => ({ path, link }))
    )
    const inside = links.filter(({ link }) => !/^[a-z]+:/.test(link))
    assert.isAtLeast(inside.length, 20)
    assert.deepStrictEqual(
      inside.filter(({ link, path }) => !isThere(path, link)),
      []
    )
  })
})
