/** A URI template taken apart: literals, and expressions with their operator and variables. */

export type Part = Literal | Expression

export interface Literal {
  readonly _tag: "Literal"
  readonly text: string
}

export interface Expression {
  readonly _tag: "Expression"
  readonly operator: Operator
  readonly variables: ReadonlyArray<Variable>
}

export interface Variable {
  readonly name: string
  /** `*`: each item of a list on its own. */
  readonly explode: boolean
  /** `:n`: at most the first n characters. */
  readonly prefix?: number
}

/** How an operator writes its expression (RFC 6570, appendix A). */
export interface Operator {
  readonly first: string
  readonly separator: string
  /** Whether variables are written with their name. */
  readonly named: boolean
  /** What follows the name of an empty value. */
  readonly empty: string
  /** Whether reserved characters are written as they are. */
  readonly reserved: boolean
}

const operators = new Map<string, Operator>([
  ["", { first: "", separator: ",", named: false, empty: "", reserved: false }],
  ["+", { first: "", separator: ",", named: false, empty: "", reserved: true }],
  ["#", { first: "#", separator: ",", named: false, empty: "", reserved: true }],
  [".", { first: ".", separator: ".", named: false, empty: "", reserved: false }],
  ["/", { first: "/", separator: "/", named: false, empty: "", reserved: false }],
  [";", { first: ";", separator: ";", named: true, empty: "", reserved: false }],
  ["?", { first: "?", separator: "&", named: true, empty: "=", reserved: false }],
  ["&", { first: "&", separator: "&", named: true, empty: "=", reserved: false }]
])

/** Where and why a template is malformed. */
export class TemplateError extends Error {
  override readonly name = "TemplateError"
  readonly template: string
  /** Where in the template, counted from 0. */
  readonly position: number
  constructor(template: string, position: number, why: string) {
    super(`The URI template "${template}" is malformed at position ${position}: ${why}`)
    this.template = template
    this.position = position
  }
}

export const parse = (template: string): ReadonlyArray<Part> => {
  const parts: Array<Part> = []
  let position = 0
  while (position < template.length) {
    const open = template.indexOf("{", position)
    const end = open === -1 ? template.length : open
    const text = template.slice(position, end)
    const stray = text.indexOf("}")
    if (stray !== -1) throw new TemplateError(template, position + stray, 'there is no "{" for this "}"')
    if (text !== "") parts.push({ _tag: "Literal", text })
    if (open === -1) break
    const close = template.indexOf("}", open)
    if (close === -1) throw new TemplateError(template, open, 'the "}" is missing')
    parts.push(expression(template, open, close))
    position = close + 1
  }
  return parts
}

const expression = (template: string, open: number, close: number): Expression => {
  const body = template.slice(open + 1, close)
  const sign = operators.has(body.charAt(0)) ? body.charAt(0) : ""
  if ("=,!@|".includes(body.charAt(0)) || body === sign) {
    throw new TemplateError(
      template,
      open + 1,
      body === sign ? "a variable is missing" : `"${body.charAt(0)}" is reserved`
    )
  }
  let at = open + 1 + sign.length
  const variables = body
    .slice(sign.length)
    .split(",")
    .map((text) => {
      const read = variable(template, at, text)
      at += text.length + 1
      return read
    })
  return { _tag: "Expression", operator: operators.get(sign)!, variables }
}

const varname = /^(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:\.?(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2}))*$/

const variable = (template: string, at: number, text: string): Variable => {
  const explode = text.endsWith("*")
  const [name = "", length] = (explode ? text.slice(0, -1) : text).split(":", 2)
  if (!varname.test(name)) throw new TemplateError(template, at, `"${text}" is not a variable`)
  if (length === undefined) return { name, explode }
  if (explode || !/^[1-9][0-9]{0,3}$/.test(length)) {
    throw new TemplateError(template, at, `"${text}": a prefix is a number from 1 to 9999, without "*"`)
  }
  return { name, explode, prefix: Number(length) }
}
