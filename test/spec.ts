/**
 * The specification's own files, for tests that use them as judge. They are not part of this repository: tests skip
 * loudly where they are missing, and fail in CI.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { resolve } from "node:path"

const directory = resolve(process.env["MCP_SPEC_DIR"] ?? "../shared/spec")

/** Whether the files are there. */
export const present = existsSync(resolve(directory, "2026-07-28/schema.json"))

if (!present) {
  const why = `The specification is not at ${directory}: set MCP_SPEC_DIR to a checkout that has <revision>/schema.json.`
  if (process.env["CI"] !== undefined) throw new Error(why)
  process.emitWarning(`${why} The tests that judge by it are skipped.`)
}

export const read = (path: string): string => readFileSync(resolve(directory, path), "utf8")

const featuresFile = resolve(directory, "../design/FEATURES.md")

/** The list of features that titles name as `S001`, where it is there. */
export const features = existsSync(featuresFile) ? readFileSync(featuresFile, "utf8") : undefined

export interface JsonSchemaFile {
  readonly [definitions: string]: {
    readonly [name: string]: { readonly properties?: { readonly method?: { readonly const?: string } } }
  }
}

export const schema = (version: string): JsonSchemaFile =>
  JSON.parse(read(`${version}/schema.json`)) as JsonSchemaFile

/** Every example of 2026-07-28 with the type it is an example of. */
export const examples = (): ReadonlyArray<{
  readonly type: string
  readonly file: string
  readonly value: unknown
}> =>
  readdirSync(resolve(directory, "2026-07-28/examples")).flatMap((type) =>
    readdirSync(resolve(directory, "2026-07-28/examples", type)).map((file) => ({
      type,
      file,
      value: JSON.parse(read(`2026-07-28/examples/${type}/${file}`)) as unknown
    }))
  )
