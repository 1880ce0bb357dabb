/** A TOML file as text: where its tables and its statements are, so that some can be changed and the rest left alone. */
import * as Equal from "effect/Equal"
import { parse } from "smol-toml"

/** Lines from `from` up to but not including `to`. */
interface Span {
  readonly from: number
  readonly to: number
}

export interface Statement extends Span {
  readonly key: string
  /** What stands behind it on its last line, with the space before it. */
  readonly comment: string
}

export interface Table extends Span {
  /** The names of the header; none for what stands above the first header. */
  readonly path: ReadonlyArray<string>
  readonly statements: ReadonlyArray<Statement>
}

/** The tables of a file that is valid, in order. */
export const tables = (lines: ReadonlyArray<string>): ReadonlyArray<Table> => {
  const found: Array<{
    path: ReadonlyArray<string>
    from: number
    to: number
    statements: Array<Statement>
  }> = [{ path: [], from: 0, to: lines.length, statements: [] }]
  let line = 0
  while (line < lines.length) {
    const table = found.at(-1)!
    const path = headerOf(lines[line]!)
    if (path !== undefined) {
      table.to = line
      found.push({ path, from: line, to: lines.length, statements: [] })
      line++
    } else if (/^\s*(?:#|$)/.test(lines[line]!)) {
      line++
    } else {
      const statement = statementAt(lines, line)
      table.statements.push(statement)
      line = statement.to
    }
  }
  return found
}

/** The lines of a table without what belongs to the next one: the comment right above its header. */
export const trimmed = (lines: ReadonlyArray<string>, { from, to }: Span): Span => {
  let end = to
  if (end < lines.length) while (end > from + 1 && /^\s*#/.test(lines[end - 1]!)) end--
  while (end > from + 1 && lines[end - 1]!.trim() === "") end--
  return { from, to: end }
}

const headerOf = (line: string): ReadonlyArray<string> | undefined => {
  if (!/^\s*\[/.test(line)) return undefined
  const parsed = attempt(line)
  return parsed === undefined ? undefined : single(parsed)
}

/** A statement ends where what was read so far makes sense; strings and arrays may take many lines. */
const statementAt = (lines: ReadonlyArray<string>, from: number): Statement => {
  for (let to = from + 1; to <= lines.length; to++) {
    const parsed = attempt(lines.slice(from, to).join("\n"))
    if (parsed !== undefined)
      return { key: single(parsed)[0] ?? "", comment: commentOf(lines.slice(from, to), parsed), from, to }
  }
  return { key: "", comment: "", from, to: lines.length }
}

/** From the first sign without which, and without all behind it, the statement means the same. */
const commentOf = (lines: ReadonlyArray<string>, meant: object): string => {
  const last = lines.at(-1) ?? ""
  for (const { index } of last.matchAll(/\s*#/g)) {
    const without = attempt([...lines.slice(0, -1), last.slice(0, index)].join("\n"))
    if (without !== undefined && Equal.equals(without, meant)) return last.slice(index)
  }
  return ""
}

const attempt = (text: string): object | undefined => {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

/** The names on the way into an object that holds one thing. */
const single = (value: unknown): ReadonlyArray<string> => {
  if (typeof value !== "object" || value === null) return []
  const [first, ...others] = Object.entries(Array.isArray(value) ? { "[]": value[0] } : value)
  return first === undefined || others.length > 0 ? [] : [first[0], ...single(first[1])]
}
