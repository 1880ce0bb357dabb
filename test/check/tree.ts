/** The project's TypeScript files, as the checks read them. */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { parseSync } from "oxc-parser"

export interface Import {
  readonly specifier: string
  /** For a relative import: the file, from the root. */
  readonly target?: string
  readonly typeOnly: boolean
}

export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly imports: ReadonlyArray<Import>
}

const folders = ["src", "test", "examples"]

export const readTree = (root: string): ReadonlyArray<SourceFile> =>
  folders
    .flatMap((folder) => files(join(root, folder)))
    .map((file) => parse(relative(root, file), readFileSync(file, "utf8")))

const files = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))

/** Reads one file's imports and re-exports. */
export const parse = (path: string, text: string): SourceFile => {
  const { module } = parseSync(path, text)
  const statically = module.staticImports.map(({ entries, moduleRequest }) => ({
    specifier: moduleRequest.value,
    typeOnly: entries.length > 0 && entries.every((entry) => entry.isType)
  }))
  const reexported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ isType, moduleRequest }) =>
      moduleRequest === null ? [] : [{ specifier: moduleRequest.value, typeOnly: isType }]
    )
  )
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest }) => {
    const literal = /^["'](.+)["']$/.exec(text.slice(moduleRequest.start, moduleRequest.end))?.[1]
    return literal === undefined ? [] : [{ specifier: literal, typeOnly: false }]
  })
  return {
    path: path.replaceAll("\\", "/"),
    text,
    imports: [...statically, ...reexported, ...dynamic].map((found) =>
      found.specifier.startsWith(".")
        ? { ...found, target: join(dirname(path), found.specifier).replaceAll("\\", "/") }
        : found
    )
  }
}
