/**
 * Whether a URI was made by a template, and of what.
 *
 * The template is a chain of pieces. Forward, each piece turns the set of positions where it may start into the set
 * where it may end, in one pass over the URI; backward, one way through is chosen, in which earlier variables are as
 * long as possible. Nothing is ever tried twice.
 */
import { encode } from "./Expansion.ts"
import type { Expression, Part, Variable } from "./Parts.ts"

type Found = { [name: string]: string | ReadonlyArray<string> }

interface Piece {
  /** The positions where this piece can end, given those where it can start. */
  readonly forward: (uri: string, starts: Uint8Array) => Uint8Array
  /** Where this piece started if it ended here. */
  readonly backward: (uri: string, starts: Uint8Array, end: number) => number
  /** Takes the values out of what the piece covers. False: they cannot have been written by it. */
  readonly read: (text: string, found: Found) => boolean
}

export const compile = (parts: ReadonlyArray<Part>) => {
  const pieces = parts.flatMap((part): ReadonlyArray<Piece> =>
    part._tag === "Literal" ? [literal(part.text)] : part.operator.named ? [query(part)] : positional(part)
  )
  return (uri: string): Found | undefined => {
    const reached: Array<Uint8Array> = [new Uint8Array(uri.length + 1)]
    reached[0]![0] = 1
    for (const piece of pieces) reached.push(piece.forward(uri, reached.at(-1)!))
    if (reached.at(-1)![uri.length] !== 1) return undefined
    const found: Found = Object.create(null) as Found
    let end = uri.length
    for (let index = pieces.length - 1; index >= 0; index--) {
      const start = pieces[index]!.backward(uri, reached[index]!, end)
      if (!pieces[index]!.read(uri.slice(start, end), found)) return undefined
      end = start
    }
    return { ...found }
  }
}

/** A literal as it was written in the template, or as a URI has it. */
const literal = (text: string): Piece => {
  const forms = [...new Set([text, encode(text, true)])]
  return {
    forward: (uri, starts) => {
      const ends = new Uint8Array(starts.length)
      for (const form of forms) {
        for (let at = 0; at + form.length < starts.length; at++) {
          if (starts[at] === 1 && uri.startsWith(form, at)) ends[at + form.length] = 1
        }
      }
      return ends
    },
    backward: (uri, starts, end) =>
      end -
      forms.find((form) => starts[end - form.length] === 1 && uri.startsWith(form, end - form.length))!
        .length,
    read: () => true
  }
}

/** The variables of an expression without names: each must be there, behind its sign. */
const positional = ({ operator, variables }: Expression): ReadonlyArray<Piece> =>
  variables.flatMap((variable, index) => {
    const lead = index === 0 ? operator.first : operator.separator
    const barred = barredIn(operator.reserved, operator.separator, variables.length > 1, variable.explode)
    const piece = value(variable, barred, operator.separator)
    return lead === "" ? [piece] : [literal(lead), piece]
  })

/** The characters at which a value must end. */
const barredIn = (reserved: boolean, separator: string, several: boolean, explode: boolean): string => {
  const delimiters = reserved ? "" : "/?#"
  const open = explode ? delimiters.replace(separator, "") : delimiters
  return several && !explode ? open + separator : open
}

const value = (variable: Variable, barred: string, separator: string): Piece => ({
  forward: (uri, starts) => {
    const ends = new Uint8Array(starts.length)
    let inside = false
    for (let at = 0; at < uri.length; at++) {
      inside = !barred.includes(uri[at]!) && (inside || starts[at] === 1)
      if (inside) ends[at + 1] = 1
    }
    return ends
  },
  backward: (_uri, starts, end) => {
    let start = end - 1
    while (starts[start] !== 1) start--
    return start
  },
  read: (text, found) => {
    if (variable.explode) {
      const items = text.split(separator).map(decode)
      if (items.includes(undefined)) return false
      return put(found, variable.name, items as ReadonlyArray<string>)
    }
    const decoded = decode(text)
    if (decoded === undefined || [...decoded].length > (variable.prefix ?? Infinity)) return false
    return put(found, variable.name, decoded)
  }
})

/** An expression with names: pairs in any order, each at most once unless it is a list; all may be absent. */
const query = ({ operator, variables }: Expression): Piece => {
  const known = new Map(variables.map((variable) => [variable.name, variable]))
  const stop = operator.first === ";" ? "/?#" : "#"
  const endOf = (uri: string, start: number) => {
    if (uri[start] !== operator.first) return start
    let end = start + 1
    while (end < uri.length && !stop.includes(uri[end]!)) end++
    return end
  }
  return {
    forward: (uri, starts) => {
      const ends = starts.slice()
      const first = firstChunk(uri, starts, operator.first)
      if (first !== -1) ends[endOf(uri, first)] = 1
      return ends
    },
    backward: (uri, starts, end) => {
      const first = firstChunk(uri, starts, operator.first)
      return first !== -1 && endOf(uri, first) === end ? first : end
    },
    read: (text, found) => {
      if (text === "") return true
      const lists = new Map<string, Array<string>>()
      return text
        .slice(1)
        .split(operator.separator)
        .every((pair) => {
          const equals = pair.indexOf("=")
          const name = equals === -1 ? pair : pair.slice(0, equals)
          const variable = known.get(name)
          const decoded = decode(equals === -1 ? "" : pair.slice(equals + 1))
          if (variable === undefined || decoded === undefined) return false
          if (!variable.explode) return put(found, name, decoded)
          const list = lists.get(name)
          if (list !== undefined) return list.push(decoded) > 0
          const items = [decoded]
          lists.set(name, items)
          return put(found, name, items)
        })
    }
  }
}

/** Where the pairs begin: the first place that can be reached and carries the sign. */
const firstChunk = (uri: string, starts: Uint8Array, sign: string): number => {
  for (let at = uri.indexOf(sign); at !== -1; at = uri.indexOf(sign, at + 1)) {
    if (starts[at] === 1) return at
  }
  return -1
}

/** A variable that stands in two places must stand for the same value. */
const put = (found: Found, name: string, value: string | ReadonlyArray<string>): boolean => {
  if (name in found) return String(found[name]) === String(value)
  found[name] = value
  return true
}

const decode = (text: string): string | undefined => {
  if (!text.includes("%")) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
