/**
 * TOML, edited line by line, because no writer of TOML keeps comments. Each edit is read back and must mean exactly
 * what was wanted; a file that spells its tables in a way this does not know is left alone.
 */
import * as Equal from "effect/Equal"
import * as Result from "effect/Result"
import { parse, stringify, TomlError } from "smol-toml"
import { type Fields, type Format, isRecord, type Problem, record, unsafe } from "./Format.ts"
import * as TomlText from "./TomlText.ts"

export const format: Format = {
  read: (text, key) =>
    Result.map(
      read(text),
      (root) => new Map(Object.entries(record(root[key])).map(([name, value]) => [name, record(value)]))
    ),
  set: (text, key, name, fields) =>
    Result.flatMap(read(text), (root) => {
      const servers = record(root[key])
      const merged = { ...record(servers[name]), ...fields }
      const wanted = { ...root, [key]: { ...servers, [name]: merged } }
      return checked(wanted, edited(text, [key, name], fields, record(servers[name])))
    }),
  remove: (text, key, name) =>
    Result.flatMap(read(text), (root) => {
      const { [name]: _, ...others } = record(root[key])
      const { [key]: __, ...rest } = root
      const emptied = Object.keys(others).length === 0
      const result = without(text, [key, name])
      return checked(emptied && !mentions(result, key) ? rest : { ...root, [key]: others }, result)
    }),
  print: (key, name, fields) => `${block([key, name], fields).join("\n")}\n`
}

const read = (text: string): Result.Result<Fields, Problem> =>
  Result.try({
    try: () => parse(text) as Fields,
    catch: (error) => ({
      message:
        error instanceof TomlError
          ? `line ${error.line}, column ${error.column}: ${error.message.split("\n")[0]!.replace(/^Invalid TOML document: /, "")}`
          : String(error)
    })
  })

const mentions = (text: string, key: string) =>
  Object.hasOwn(
    Result.getOrElse(read(text), () => ({})),
    key
  )

const checked = (wanted: Fields, text: string): Result.Result<string, Problem> => {
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
  const found = read(text)
  return Result.isSuccess(found) && Equal.equals(plain(found.success), plain(wanted))
    ? Result.succeed(text)
    : unsafe
}

const edited = (text: string, path: ReadonlyArray<string>, fields: Fields, existing: Fields): string => {
  const eol = text.includes("\r\n") ? "\r\n" : "\n"
  const lines = text.split(/\r?\n/)
  const tables = TomlText.tables(lines)
  const own = tables.find((table) => same(table.path, path))
  if (own === undefined) {
    const before = text.trimEnd()
    return [...(before === "" ? [] : [before, ""]), ...block(path, fields), ""].join(eol)
  }
  // From the bottom up, so that the places found stay true.
  const { env, ...plain } = fields
  const table = tables.find((each) => same(each.path, [...path, "env"]))
  const changes: ReadonlyArray<readonly [TomlText.Table, Fields]> =
    table !== undefined && isRecord(env)
      ? [
          [own, changed(plain, existing)],
          [table, changed(env, record(existing["env"]))]
        ]
      : [[own, changed(fields, existing)]]
  return [...changes]
    .sort(([a], [b]) => b.from - a.from)
    .reduce<ReadonlyArray<string>>((done, [place, members]) => assign(done, place, members), lines)
    .join(eol)
}

/** What is as it should be stays as it is written. */
const changed = (fields: Fields, existing: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name, value]) => !Equal.equals(existing[name], value)))

/** Sets members of one table, where they are or below its last one. */
const assign = (
  lines: ReadonlyArray<string>,
  table: TomlText.Table,
  fields: Fields
): ReadonlyArray<string> => {
  const end = table.statements.at(-1)?.to ?? table.from + 1
  const news = Object.entries(fields).filter(([name]) => table.statements.every(({ key }) => key !== name))
  const result = [...lines]
  result.splice(end, 0, ...news.map(([name, value]) => member(name, value)))
  for (const { comment, from, key, to } of [...table.statements].sort((a, b) => b.from - a.from)) {
    if (Object.hasOwn(fields, key)) result.splice(from, to - from, member(key, fields[key]) + comment)
  }
  return result
}

/** The text without a table and the tables inside it, and without the blank lines that followed them. */
const without = (text: string, path: ReadonlyArray<string>): string => {
  const eol = text.includes("\r\n") ? "\r\n" : "\n"
  const lines = text.split(/\r?\n/)
  const gone = TomlText.tables(lines)
    .filter((table) => same(table.path.slice(0, path.length), path))
    .map((table) => TomlText.trimmed(lines, table))
  const isGone = (index: number): boolean =>
    index >= 0 &&
    (gone.some(({ from, to }) => index >= from && index < to) || (lines[index] === "" && isGone(index - 1)))
  const kept = lines.filter((_, index) => !isGone(index)).join(eol)
  return kept.trim() === "" || gone.length === 0 ? kept.trim() : `${kept.trimEnd()}${eol}`
}

const same = (a: ReadonlyArray<string>, b: ReadonlyArray<string>) =>
  a.length === b.length && a.every((name, index) => name === b[index])

const block = (path: ReadonlyArray<string>, fields: Fields): ReadonlyArray<string> => [
  `[${path.map(bare).join(".")}]`,
  ...Object.entries(fields).map(([name, value]) => member(name, value))
]

const member = (name: string, value: unknown) => `${bare(name)} = ${literal(value)}`

const bare = (name: string) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name))

/** A value on one line. */
const literal = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`
  if (isRecord(value))
    return `{ ${Object.entries(value)
      .map(([name, each]) => member(name, each))
      .join(", ")} }`
  return stringify({ value })
    .trim()
    .replace(/^value = /, "")
}
