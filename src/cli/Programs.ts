/** Finds the programs that come with Node as a shell would: beside Node itself, or in PATH. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Environment from "../transport/Environment.ts"
import * as Failure from "./Failure.ts"
import { Machine } from "./Machine.ts"

/** How to start `npm` or `npx`, by absolute paths: a command, and what comes before the arguments. */
export const withNode = Effect.fnUntraced(function* (name: "npm" | "npx") {
  const path = yield* Path.Path
  const { env, platform, self } = yield* Machine
  const windows = platform === "win32"
  const names = windows ? [`${name}.cmd`, `${name}.exe`, name] : [name]
  const folders = [
    path.dirname(self.command),
    ...(Environment.get(platform, env, "PATH") ?? "")
      .split(windows ? ";" : ":")
      .filter((folder) => folder !== "")
  ]
  const found = yield* firstOf(folders.flatMap((folder) => names.map((each) => path.join(folder, each))))
  if (found === undefined) {
    return yield* Failure.usage(
      `${name} not found: it is neither beside ${self.command} nor in PATH`,
      "It comes with Node: https://nodejs.org"
    )
  }
  if (!found.endsWith(".cmd")) return { command: found, args: [] }
  // A batch file needs cmd.exe, which few hosts know how to quote for. It only starts this script.
  const script = path.join(path.dirname(found), "node_modules", "npm", "bin", `${name}-cli.js`)
  return (yield* isThere(script)) ? { command: self.command, args: [script] } : { command: found, args: [] }
})

const isThere = (file: string) =>
  FileSystem.FileSystem.use((fs) => Effect.orElseSucceed(fs.exists(file), () => false))

const firstOf = Effect.fnUntraced(function* (files: ReadonlyArray<string>) {
  for (const file of files) if (yield* isThere(file)) return file
  return undefined
})
