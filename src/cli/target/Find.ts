/** What somebody means by a target: a URL, a file, the name of a server, or a command behind `--`. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Variables } from "../Env.ts"
import * as Failure from "../Failure.ts"
import * as Reference from "../load/Reference.ts"
import * as Source from "../load/Source.ts"
import { Machine } from "../Machine.ts"
import { Operands } from "../Operands.ts"
import * as Named from "./Named.ts"
import type { Target } from "./Target.ts"

const ways = "A target is a URL, a file, the name of a server (mcp hosts), or a command: -- COMMAND ARGS"

export const find = Effect.fnUntraced(function* (
  word: string | undefined,
  env: Variables,
  headers: Variables
): Effect.fn.Return<Target, Failure.Failure, Source.Services> {
  const operands = yield* Operands
  if (operands !== undefined) {
    const [command, ...args] = operands
    if (word !== undefined)
      return yield* Failure.usage(`Two targets: ${word}, and what stands behind --`, ways)
    if (command === undefined) return yield* Failure.usage("There is no command behind --", ways)
    return { _tag: "Command", title: operands.join(" "), command, args, env }
  }
  if (word === undefined) return yield* Failure.usage("There is no target", ways)
  if (/^https?:\/\//i.test(word)) return { _tag: "Url", title: word, url: word, headers }
  const { self } = yield* Machine
  const { file, name } = Reference.parse(word)
  const named = (what: Target): Target =>
    what._tag === "Command"
      ? { ...what, env: { ...what.env, ...env } }
      : { ...what, headers: { ...what.headers, ...headers } }
  if (!looksLikeFile(file)) return named(yield* Named.find(word))
  const found = yield* Effect.result(Source.locate(file))
  // A name may look like a file: those of registries have a slash, others end as programs do.
  if (Result.isFailure(found)) return named(yield* Named.find(word, found.failure))
  const absolute = found.success
  const target = name === undefined ? absolute : `${absolute}:${name}`
  return { _tag: "Command", title: word, command: self.command, args: [...self.args, "run", target], env }
})

const looksLikeFile = (file: string) => /[\\/]/.test(file) || /\.(?:[cm]?[jt]sx?|py)$/.test(file)
