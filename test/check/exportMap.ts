/** The export map, the index and the files agree: nothing is public by accident, nothing public is missing. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { SourceFile } from "./tree.ts"

type Entry =
  | string
  | { readonly "mcp-effect-source": string; readonly types: string; readonly default: string }

export const check = (tree: ReadonlyArray<SourceFile>, root: string) => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly exports: { readonly [name: string]: Entry }
  }
  const index = tree.find(({ path }) => path === "src/index.ts")
  return { problems: compare(manifest.exports, new Set(tree.map(({ path }) => path)), index?.text ?? "") }
}

export const compare = (
  exports: { readonly [name: string]: Entry },
  files: ReadonlySet<string>,
  index: string
): ReadonlyArray<string> => {
  const entries = Object.entries(exports).flatMap(([name, entry]) =>
    typeof entry === "string" ? [] : [{ name, entry, source: entry["mcp-effect-source"].slice(2) }]
  )
  const missing = entries
    .filter(({ source }) => !files.has(source))
    .map(({ name, source }) => `${name}: there is no ${source}`)
  const astray = entries
    .filter(({ entry, source }) => {
      const built = source.replace(/^src\//, "./dist/").replace(/\.ts$/, "")
      return entry.types !== `${built}.d.ts` || entry.default !== `${built}.js`
    })
    .map(({ name }) => `${name}: source, types and default do not name the same module`)
  const flat = entries.filter(({ name }) => /^\.\/[A-Z]\w*$/.test(name))
  const unnamed = flat
    .filter(({ name, source }) => !index.includes(`export * as ${name.slice(2)} from "./${source.slice(4)}"`))
    .map(({ name }) => `${name} is exported but src/index.ts does not name it`)
  const named = [...index.matchAll(/export \* as (\w+) from/g)].map((match) => match[1]!)
  const unmapped = named
    .filter((name) => !Object.hasOwn(exports, `./${name}`))
    .map((name) => `src/index.ts names ${name}, which has no export of its own`)
  return [...missing, ...astray, ...unnamed, ...unmapped]
}
