/** What a file says it needs, read without loading it: it cannot be loaded before it has what it needs. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"

/** The strings of `export const dependencies = ["zod@4", "lodash"]`, which has to be written out like this. */
export const of = (file: string) =>
  FileSystem.FileSystem.use((fs) => fs.readFileString(file)).pipe(
    Effect.map((text): ReadonlyArray<string> => {
      const list = /^export const dependencies\b[^=]*=\s*\[([^\]]*)\]/m.exec(text)?.[1] ?? ""
      return [...list.matchAll(/(["'])(.*?)\1/g)].map((match) => match[2]!)
    }),
    Effect.orElseSucceed((): ReadonlyArray<string> => [])
  )
