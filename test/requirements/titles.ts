/** Which ids the titles of tests carry. */
import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { parseSync, Visitor } from "oxc-parser"

/**
 * The texts of a test file. Titles come from tables and loops as often as from `it`, so every text counts; comments
 * do not. What a template puts in is not known here: a title that has an id has it in its fixed part.
 */
export const texts = (path: string, source: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  new Visitor({
    Literal: ({ value }) => {
      if (typeof value === "string") found.push(value)
    },
    TemplateLiteral: ({ quasis }) => {
      found.push(quasis.map(({ value }) => value.cooked ?? "").join("…"))
    }
  }).visit(parseSync(path, source).program)
  return found
}

/** Each id to the test files, below the folder of tests, that have it. */
export const byId = (
  files: ReadonlyMap<string, string>,
  pattern: RegExp
): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>()
  for (const [path, source] of files) {
    for (const text of texts(path, source)) {
      for (const [id] of text.matchAll(pattern)) {
        const paths = found.get(id) ?? new Set()
        found.set(id, paths.add(path))
      }
    }
  }
  return found
}

/** Every test file below a folder. */
export const testFiles = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path).replaceAll("\\", "/"), readFileSync(path, "utf8")])
  )
