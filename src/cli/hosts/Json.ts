/** JSON as the hosts write it: with comments and trailing commas where they allow them. */
import * as Equal from "effect/Equal"
import * as Result from "effect/Result"
import * as Jsonc from "jsonc-parser"
import { type Fields, type Format, isRecord, type Problem, record, unsafe } from "./Format.ts"
import * as JsonText from "./JsonText.ts"

export const format: Format = {
  read: (text, key) =>
    Result.flatMap(parse(text), (root) => {
      const servers = Object.hasOwn(root, key) ? root[key] : {}
      return isRecord(servers)
        ? Result.succeed(new Map(Object.entries(servers).map(([name, value]) => [name, record(value)])))
        : Result.fail({ message: `"${key}" is not an object` })
    }),
  set: (text, key, name, fields) =>
    Result.flatMap(parse(text), (root) => {
      const servers = record(root[key])
      const existing = record(servers[name])
      // Member by member, so that comments inside the entry stay. An entry of another kind is replaced.
      const kept = "command" in existing
      const edited = kept
        ? Object.entries(fields).reduce(
            (done, [member, value]) =>
              Equal.equals(existing[member], value) ? done : JsonText.set(done, [key, name, member], value),
            text
          )
        : JsonText.set(text, [key, name], fields)
      const entry = kept ? { ...existing, ...fields } : fields
      return checked(edited, { ...root, [key]: { ...servers, [name]: entry } })
    }),
  remove: (text, key, name) =>
    Result.flatMap(parse(text), (root) => {
      const { [name]: _, ...others } = record(root[key])
      return checked(JsonText.remove(text, [key, name]), { ...root, [key]: others })
    }),
  print: (key, name, fields) => `${JSON.stringify({ [key]: { [name]: fields } }, null, 2)}\n`
}

const parse = (text: string): Result.Result<Fields, Problem> => {
  const errors: Array<Jsonc.ParseError> = []
  const root: unknown = Jsonc.parse(text, errors, { allowTrailingComma: true, allowEmptyContent: true })
  const [first] = errors
  if (first !== undefined) return Result.fail({ message: located(text, first) })
  if (root === undefined) return Result.succeed({})
  return isRecord(root) ? Result.succeed(root) : Result.fail({ message: "it holds no object" })
}

const located = (text: string, { error, offset }: Jsonc.ParseError): string => {
  const before = text.slice(0, offset).split("\n")
  const what = Jsonc.printParseErrorCode(error)
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${what}`
}

const checked = (text: string, wanted: Fields): Result.Result<string, Problem> =>
  Result.flatMap(parse(text), (found) => (Equal.equals(found, wanted) ? Result.succeed(text) : unsafe))
