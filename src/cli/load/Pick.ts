/** Chooses among the exports of a file, or says what there is and what was looked for. */
import * as Effect from "effect/Effect"
import { nearest } from "../../server/Suggest.ts"
import * as Failure from "../Failure.ts"
import type { Exports } from "./Exports.ts"
import * as Kind from "./Kind.ts"
import type { Reference } from "./Reference.ts"

/** The exports that are looked at if none is named, in this order. */
const usual = ["default", "mcp", "server", "app"]

export const pick = (
  exports: Exports,
  { file, name }: Reference
): Effect.Effect<unknown, Failure.Failure> => {
  if (name !== undefined) return named(exports, file, name)
  const found = usual.filter((each) => exports.has(each))
  const meant =
    found.find((each) => Kind.isServer(exports.get(each))) ??
    found.find((each) => Kind.isCandidate(exports.get(each)))
  if (meant !== undefined) return Effect.succeed(exports.get(meant))
  const [first] = found
  return Effect.fail(
    first === undefined
      ? Failure.usage(`There is no server in ${file}: ${contents(exports)}`, exporting(exports, file))
      : wrongKind(file, first, exports.get(first))
  )
}

const named = (exports: Exports, file: string, name: string) => {
  if (!exports.has(name)) {
    const meant = nearest(name, [...exports.keys()])
    return Effect.fail(
      Failure.usage(
        `${file} has no export ${name}: ${contents(exports)}`,
        meant === undefined ? undefined : `Did you mean ${file}:${meant}?`
      )
    )
  }
  const value = exports.get(name)
  return Kind.isCandidate(value) ? Effect.succeed(value) : Effect.fail(wrongKind(file, name, value))
}

export const wrongKind = (file: string, name: string, value: unknown): Failure.Failure =>
  Failure.usage(
    `${name === "default" ? "The default export" : name} of ${file} is ${Kind.describe(value)}, not a server`,
    'It has to be what Server.make of "mcp-effect/Server" returns, a Layer that serves, or a function giving one'
  )

/** What a module exports, so that whoever wrote it sees what is missing. */
const contents = (exports: Exports): string =>
  exports.size === 0
    ? "it exports nothing"
    : `it exports ${[...exports].map(([name, value]) => `${name} (${Kind.describe(value)})`).join(", ")}`

const exporting = (exports: Exports, file: string): string => {
  const server = [...exports].find(([, value]) => Kind.isServer(value))
  return server === undefined
    ? "Export it as default, mcp, server or app: export default Server.make(...)"
    : `Name the one you mean: ${file}:${server[0]}`
}
