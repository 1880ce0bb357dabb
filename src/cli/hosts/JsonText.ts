/**
 * Edits of a JSON text that touch nothing but what they are about: no comment, no line break, no comma elsewhere. What
 * is added looks like what is there.
 */
import * as Jsonc from "jsonc-parser"
import type { Fields } from "./Format.ts"

/** Sets a member of an object, and makes the objects on the way to it if they are not there. */
export const set = (text: string, path: ReadonlyArray<string>, value: unknown): string => {
  const root = parse(text)
  if (root === undefined) return `${print(nested(path, value), "\n", "  ")}\n`
  const depth = path.findIndex(
    (_, index) => Jsonc.findNodeAtLocation(root, path.slice(0, index + 1)) === undefined
  )
  if (depth !== -1) {
    const owner = depth === 0 ? root : Jsonc.findNodeAtLocation(root, path.slice(0, depth))!
    return insert(text, owner, path[depth]!, nested(path.slice(depth + 1), value))
  }
  const { length, offset } = Jsonc.findNodeAtLocation(root, [...path])!
  const { eol, indent } = layoutOf(text)
  const after = isOneLine(text, { offset, length })
    ? print(value, " ", "")
    : print(value, eol, indent, marginAt(text, offset))
  return splice(text, offset, length, after)
}

/** Removes a member of an object, with its line and with the comma that only it needed. */
export const remove = (text: string, path: ReadonlyArray<string>): string => {
  const root = parse(text)
  const property = root && Jsonc.findNodeAtLocation(root, [...path])?.parent
  const siblings = property?.parent?.children
  if (property === undefined || siblings === undefined) return text
  const previous = siblings[siblings.indexOf(property) - 1]
  const end = property.offset + property.length
  const comma = commaAfter(text, end)
  // The comma before the last member goes with it.
  const orphan =
    comma === undefined && previous !== undefined
      ? commaAfter(text, previous.offset + previous.length)
      : undefined
  const start = lineStart(text, property.offset)
  const stop = lineEnd(text, comma === undefined ? end : comma + 1)
  if (/^\s*$/.test(text.slice(start, property.offset)) && stop.blank) {
    const cut = splice(text, start, stop.at - start, "")
    return tidy(orphan === undefined ? cut : splice(cut, orphan, 1, ""), path.slice(0, -1))
  }
  const from = orphan ?? property.offset
  const to = comma === undefined ? end : comma + 1 + /^[ \t]*/.exec(text.slice(comma + 1))![0].length
  return tidy(splice(text, from, to - from, ""), path.slice(0, -1))
}

const options = { allowTrailingComma: true, allowEmptyContent: true }

const parse = (text: string): Jsonc.Node | undefined => Jsonc.parseTree(text, [], options)

const splice = (text: string, offset: number, length: number, added: string) =>
  text.slice(0, offset) + added + text.slice(offset + length)

const nested = (path: ReadonlyArray<string>, value: unknown): unknown =>
  path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)

const insert = (text: string, owner: Jsonc.Node, name: string, value: unknown): string => {
  const { eol, indent } = layoutOf(text)
  const last = owner.children?.at(-1)
  const end = owner.offset + owner.length - 1
  const margin = marginAt(text, owner.offset)
  const member = (space: string, step: string, outer: string) =>
    `${JSON.stringify(name)}: ${print(value, space, step, outer)}`
  if (last === undefined) {
    // Comments in an empty object stay above what is added.
    const inside = text.slice(owner.offset + 1, end).trimEnd()
    const added = `${inside}${eol}${margin}${indent}${member(eol, indent, margin + indent)}${eol}${margin}`
    return splice(text, owner.offset + 1, end - owner.offset - 1, added)
  }
  const after = last.offset + last.length
  const comma = commaAfter(text, after)
  if (isOneLine(text, owner)) return splice(text, after, 0, `, ${member(" ", "", "")}`)
  const { at } = lineEnd(text, comma === undefined ? after : comma + 1)
  const added = `${eol}${marginAt(text, last.offset)}${member(eol, indent, marginAt(text, last.offset))}${comma === undefined ? "" : ","}`
  const place = Math.min(at, end)
  // The end of the last line, before its line break.
  const broken = text.slice(0, place).replace(/\r?\n$/, "").length
  const withMember = splice(text, broken, 0, added)
  return comma === undefined ? splice(withMember, after, 0, ",") : withMember
}

/** Writes a value over several lines, or on one line if there is no line break to put between members. */
const print = (value: unknown, space: string, indent: string, margin = ""): string => {
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const inner = margin + indent
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"]
  const members = Array.isArray(value)
    ? value.map((item) => print(item, space, indent, inner))
    : Object.entries(value as Fields).map(
        ([name, item]) => `${JSON.stringify(name)}: ${print(item, space, indent, inner)}`
      )
  if (members.length === 0) return open + close
  // Lists are tight on one line, objects are not.
  if (indent === "" && open === "[") return `${open}${members.join(", ")}${close}`
  return `${open}${space}${inner}${members.join(`,${space}${inner}`)}${space}${margin}${close}`
}

/** Where the comma after a value is, behind whatever white space and comments there are. */
const commaAfter = (text: string, offset: number): number | undefined => {
  const scanner = Jsonc.createScanner(text, true)
  scanner.setPosition(offset)
  scanner.scan()
  return text[scanner.getTokenOffset()] === "," ? scanner.getTokenOffset() : undefined
}

/** The start of the next line, behind comments, if nothing else comes before it; else right here. */
const lineEnd = (text: string, offset: number): { readonly at: number; readonly blank: boolean } => {
  const rest = /^[ \t]*(?:\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/[ \t]*)?(?:\r?\n|$)/.exec(text.slice(offset))
  return rest === null ? { at: offset, blank: false } : { at: offset + rest[0].length, blank: true }
}

const lineStart = (text: string, offset: number) => text.lastIndexOf("\n", offset - 1) + 1

const marginAt = (text: string, offset: number): string =>
  /^[ \t]*/.exec(text.slice(lineStart(text, offset)))![0]

const isOneLine = (text: string, { length, offset }: { readonly offset: number; readonly length: number }) =>
  length > 2 && !text.slice(offset, offset + length).includes("\n")

/** An object from which the last member went has no lines left. */
const tidy = (text: string, path: ReadonlyArray<string>): string => {
  const root = parse(text)
  const owner = root && (path.length === 0 ? root : Jsonc.findNodeAtLocation(root, [...path]))
  if (owner === undefined || owner.children?.length !== 0) return text
  const inside = text.slice(owner.offset + 1, owner.offset + owner.length - 1)
  return inside.trim() === "" ? splice(text, owner.offset, owner.length, "{}") : text
}

/** The indentation and line ends the text has already; two spaces where it has none. */
const layoutOf = (text: string): { readonly eol: string; readonly indent: string } => ({
  eol: text.includes("\r\n") ? "\r\n" : "\n",
  indent: /^([ \t]+)\S/m.exec(text)?.[1] ?? "  "
})
