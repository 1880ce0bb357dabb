/**
 * A server as one small file: hosts start servers often, and reading a hundred modules takes longer than anything a
 * server does at its start.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as UserDirectories from "effect/persistence/UserDirectories"
import { createHash } from "node:crypto"
import { fileURLToPath } from "node:url"
import * as Failure from "../Failure.ts"
import type { Reference } from "../load/Reference.ts"
import { Machine } from "../Machine.ts"
import * as Packages from "../run/Packages.ts"

/** The bundler is lent to this run if it is not installed: few who install servers need it. */
const bundler = "rolldown@1.2.19"

/** What the bundle begins with, beside this file: in the sources as well as in what is built from them. */
const runtime = fileURLToPath(new URL(`../run/Bundled${import.meta.url.slice(-3)}`, import.meta.url))

/** Where the bundle of a file is: always the same place for the same file and export. */
export const placeOf = Effect.fnUntraced(function* ({ file, name }: Reference) {
  const path = yield* Path.Path
  const directories = yield* UserDirectories.UserDirectories
  const data = yield* Effect.orDie(directories.data("mcp-effect"))
  const id = createHash("sha256")
    .update(`${file}:${name ?? ""}`)
    .digest("hex")
    .slice(0, 8)
  return path.join(data, "bundles", `${path.basename(file, path.extname(file))}-${id}.mjs`)
})

/** Writes the bundle of a file, in which the packages lent to it are found, too. */
export const write = Effect.fnUntraced(function* (reference: Reference, packages: Packages.Wanted) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const output = yield* placeOf(reference)
  const folder = yield* Packages.installed(packages)
  const modules = folder === undefined ? [] : [path.join(folder, "node_modules")]
  const code = yield* generate(reference, modules)
  yield* fs.makeDirectory(path.dirname(output), { recursive: true }).pipe(
    Effect.andThen(fs.writeFileString(output, code)),
    Effect.mapError((error) => Failure.usage(`Cannot write ${output}: ${error.message}`))
  )
})

const generate = Effect.fnUntraced(function* (reference: Reference, modules: ReadonlyArray<string>) {
  const { self } = yield* Machine
  const conditions = self.args.flatMap((arg) => /^--conditions=(.+)/.exec(arg)?.[1] ?? [])
  const { rolldown } = yield* loaded
  return yield* Effect.tryPromise({
    try: async () => {
      const build = await rolldown({
        input: entry,
        platform: "node",
        logLevel: "silent",
        resolve: {
          conditionNames: [...conditions, "import", "module", "node", "default"],
          modules: ["node_modules", ...modules]
        },
        plugins: [beginning(reference)]
      })
      const { output } = await build.generate({ format: "esm", minify: true, codeSplitting: false })
      return output[0].code
    },
    catch: (error) =>
      Failure.usage(
        `${reference.file} cannot be bundled: ${error instanceof Error ? error.message : String(error)}`,
        "Without --bundle it is run as it is"
      )
  })
}, Effect.scoped)

const loaded = Effect.suspend(() => {
  const load = Effect.tryPromise({
    try: () => import("rolldown"),
    catch: (error) => Failure.usage(`The bundler does not load: ${String(error)}`)
  })
  return Effect.catch(load, () => Effect.andThen(Packages.lend({ with: [bundler], withEditable: [] }), load))
})

const entry = "mcp-effect:bundle"

/** The module that ties the file to what runs it. */
const beginning = (reference: Reference) => ({
  name: entry,
  resolveId: (id: string) => (id === entry ? id : null),
  load: (id: string) =>
    id === entry
      ? `import { serve } from ${JSON.stringify(runtime)}
serve(() => import(${JSON.stringify(reference.file)}), ${JSON.stringify(reference)})`
      : null
})
