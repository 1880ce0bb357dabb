/** Environment variables as the command line and `.env` files write them. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import { parseEnv } from "node:util"
import * as Failure from "./Failure.ts"
import { Machine } from "./Machine.ts"

export type Variables = { readonly [name: string]: string }

/** Reads `KEY=VALUE`. Both sides are trimmed; the value may contain more of the sign. */
export const pairs = (
  flag: string,
  given: ReadonlyArray<string>
): Effect.Effect<Variables, Failure.Failure> =>
  Effect.map(
    Effect.forEach(given, (text) => {
      const at = text.indexOf("=")
      return at < 1
        ? Effect.fail(Failure.usage(`${flag} takes KEY=VALUE, and this is ${JSON.stringify(text)}`))
        : Effect.succeed([text.slice(0, at).trim(), text.slice(at + 1).trim()] as const)
    }),
    (entries) => Object.fromEntries(entries)
  )

/** Reads a `.env` file: quotes, comments, `export` and values over several lines as Node reads them. */
export const file = Effect.fnUntraced(function* (name: string) {
  const { cwd } = yield* Machine
  const path = yield* Path.Path
  const absolute = path.resolve(cwd, name)
  const text = yield* FileSystem.FileSystem.use((fs) => fs.readFileString(absolute)).pipe(
    Effect.mapError(() => Failure.usage(`File not found: ${absolute}`))
  )
  const entries = Object.entries(parseEnv(text)).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const]
  )
  return Object.fromEntries(entries) as Variables
})

/** Reads `Name: value`, as curl has it. */
export const headers = (given: ReadonlyArray<string>): Effect.Effect<Variables, Failure.Failure> =>
  Effect.map(
    Effect.forEach(given, (text) => {
      const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(text) ?? []
      return name === undefined || value === undefined
        ? Effect.fail(Failure.usage(`--header takes "Name: value", and this is ${JSON.stringify(text)}`))
        : Effect.succeed([name, value.trim()] as const)
    }),
    (entries) => Object.fromEntries(entries)
  )

/** Variables of files and flags together; flags win. */
export const gather = Effect.fnUntraced(function* (
  flag: string,
  given: ReadonlyArray<string>,
  files: ReadonlyArray<string>
) {
  const read = yield* Effect.forEach(files, file)
  return Object.assign({}, ...read, yield* pairs(flag, given)) as Variables
})
