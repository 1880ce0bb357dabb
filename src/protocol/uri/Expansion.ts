/** Filling a template with values (RFC 6570, section 3.2.1). */
import type { Expression, Operator, Part, Variable } from "./Parts.ts"

type Scalar = string | number | boolean

export type Value = Scalar | ReadonlyArray<Scalar> | { readonly [key: string]: Scalar } | undefined | null

export const expand = (parts: ReadonlyArray<Part>, values: { readonly [name: string]: Value }): string =>
  parts.map((part) => (part._tag === "Literal" ? encode(part.text, true) : expression(part, values))).join("")

const expression = (
  { operator, variables }: Expression,
  values: { readonly [name: string]: Value }
): string => {
  const written = variables.flatMap((variable) => {
    const value = Object.hasOwn(values, variable.name) ? values[variable.name] : undefined
    const text = value === undefined || value === null ? undefined : write(operator, variable, value)
    return text === undefined ? [] : [text]
  })
  return written.length === 0 ? "" : operator.first + written.join(operator.separator)
}

/** One variable with its value; `undefined` for an empty list, which counts as undefined. */
const write = (operator: Operator, variable: Variable, value: NonNullable<Value>): string | undefined => {
  if (typeof value !== "object") {
    const text =
      variable.prefix === undefined ? String(value) : [...String(value)].slice(0, variable.prefix).join("")
    return named(operator, variable.name, encode(text, operator.reserved))
  }
  const pairs: ReadonlyArray<readonly [string | undefined, Scalar]> = Array.isArray(value)
    ? value.map((item: Scalar) => [undefined, item] as const)
    : Object.entries(value as { readonly [key: string]: Scalar })
  if (pairs.length === 0) return undefined
  const item = (scalar: Scalar) => encode(String(scalar), operator.reserved)
  if (!variable.explode) {
    const list = pairs.flatMap(([key, scalar]) =>
      key === undefined ? [item(scalar)] : [item(key), item(scalar)]
    )
    return named(operator, variable.name, list.join(","))
  }
  return pairs
    .map(([key, scalar]) => {
      if (key !== undefined)
        return operator.named ? named(operator, item(key), item(scalar)) : `${item(key)}=${item(scalar)}`
      return named(operator, variable.name, item(scalar))
    })
    .join(operator.separator)
}

const named = (operator: Operator, name: string, text: string): string => {
  if (!operator.named) return text
  return text === "" ? name + operator.empty : `${name}=${text}`
}

const unreserved = /^[A-Za-z0-9\-._~]$/
const reservedToo = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]$/
const triplet = /^%[0-9A-Fa-f]{2}/

/** Percent-encodes what may not stand in a URI; with `reserved`, what is reserved or already encoded stays. */
export const encode = (text: string, reserved: boolean): string => {
  const allowed = reserved ? reservedToo : unreserved
  let encoded = ""
  let index = 0
  while (index < text.length) {
    const character = String.fromCodePoint(text.codePointAt(index)!)
    if (allowed.test(character)) encoded += character
    else if (reserved && character === "%" && triplet.test(text.slice(index, index + 3))) encoded += character
    else encoded += percent(character)
    index += character.length
  }
  return encoded
}

const bytes = new TextEncoder()

const percent = (character: string): string =>
  [...bytes.encode(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("")
