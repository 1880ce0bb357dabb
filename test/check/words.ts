/** Things that must not be left in the tree, by the words that give them away. */
import type { SourceFile } from "./tree.ts"

interface Rule {
  readonly why: string
  readonly where: RegExp
  readonly pattern: RegExp
  /** A file that has this anywhere may. */
  readonly unless?: RegExp
}

const rules: ReadonlyArray<Rule> = [
  { why: "work left for later", where: /^(src|test|examples)\//, pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/ },
  {
    why: "a test that runs alone or not at all",
    where: /^test\/.*\.test\.ts$/,
    pattern: /\b(?:it|test|describe)(?:\.\w+)*\.(?:only|todo|skip)\b(?!If)/
  },
  {
    why: "a test that waits for time to pass",
    where: /^test\/(?!bench\/|conformance\/)/,
    pattern: /\bsetTimeout\(|\bEffect\.sleep\(/,
    unless: /\bTestClock\.adjust\b/
  },
  { why: "an error silenced", where: /^src\//, pattern: /@ts-(?:ignore|nocheck)|\bas any\b/ },
  { why: "code made from text", where: /^src\//, pattern: /\beval\(|\bnew Function\(/ },
  {
    why: "a shell",
    where: /^(src|examples)\//,
    pattern: /import \{[^}]*\bexec(?:Sync)?\b[^}]*\} from "node:child_process"|shell:\s*true/
  }
]

export const check = (tree: ReadonlyArray<SourceFile>) => ({
  problems: tree
    .filter(({ path }) => !path.startsWith("test/check/"))
    .flatMap(({ path, text }) =>
      text
        .split("\n")
        .flatMap((line, index) =>
          rules
            .filter(
              ({ pattern, unless, where }) =>
                where.test(path) && pattern.test(line) && unless?.test(text) !== true
            )
            .map(({ why }) => `${path}:${index + 1}: ${why}: ${line.trim().slice(0, 100)}`)
        )
    )
})
