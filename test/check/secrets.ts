/** Secrets are compared in one place: by `===`, or as the key of a lookup, the time it takes tells how close a guess was. */
import { field, isNode, type Node, offences } from "./syntax.ts"
import type { SourceFile } from "./tree.ts"

const home = "src/auth/Secrets.ts"

/** What a value that must not be guessed, or what was made of one, is called here. */
const secret = /(?:token|secret|verifier|password|digest|challenge|hash|csrf)$|^(?:code|state)$/i
/** The type or name of a thing, and not the thing. */
const kind = /^(?:token|code)_?(?:type|kind)$/i

const equalities = new Set(["===", "!==", "==", "!="])
const lookups = new Set(["get", "has", "includes", "indexOf", "startsWith", "endsWith", "localeCompare"])

/** The last name of `a`, `a.b` or `a?.b`, whatever is wrapped around it. */
const nameOf = (node: Node | undefined): string => {
  switch (node?.type) {
    case "Identifier":
      return String(node["name"])
    case "MemberExpression":
      return nameOf(field(node, "property"))
    case "LogicalExpression":
      return nameOf(field(node, "left"))
    case "ChainExpression":
    case "ParenthesizedExpression":
    case "TSNonNullExpression":
      return nameOf(field(node, "expression"))
    case "YieldExpression":
    case "AwaitExpression":
      return nameOf(field(node, "argument"))
    default:
      return ""
  }
}

const argumentsOf = (node: Node): ReadonlyArray<Node> =>
  Array.isArray(node["arguments"]) ? node["arguments"].filter(isNode) : []

/** `Redacted.value(…)` is secret whatever it is called. */
const isSecret = (node: Node | undefined): boolean => {
  const name = nameOf(node)
  if (name !== "") return secret.test(name) && !kind.test(name)
  return node?.type === "CallExpression" && text(field(node, "callee")) === "Redacted.value"
}

const text = (node: Node | undefined): string =>
  node?.type === "MemberExpression"
    ? `${nameOf(field(node, "object"))}.${nameOf(field(node, "property"))}`
    : nameOf(node)

/** What is written in the program is no secret: `undefined`, `"S256"`, `0`. */
const isWritten = (node: Node | undefined): boolean =>
  node?.type === "Literal" ||
  nameOf(node) === "undefined" ||
  (node?.type === "UnaryExpression" && node["operator"] !== "typeof")

const offends = (node: Node): string | undefined => {
  if (node.type === "BinaryExpression" && equalities.has(String(node["operator"]))) {
    const sides = [field(node, "left"), field(node, "right")]
    return sides.some(isSecret) && !sides.some(isWritten) ? "a secret compared by ===" : undefined
  }
  if (node.type !== "CallExpression") return undefined
  const callee = nameOf(field(node, "callee"))
  if (callee === "timingSafeEqual") return `a comparison of secrets outside ${home}`
  const among = field(field(node, "callee") ?? node, "object")
  const isLookup = among !== undefined && among.type !== "ArrayExpression" && lookups.has(callee)
  return isLookup && isSecret(argumentsOf(node)[0]) ? "a secret looked up as it is" : undefined
}

export const check = (tree: ReadonlyArray<SourceFile>) => ({
  problems: tree
    .filter(({ path }) => path.startsWith("src/auth/") && path !== home)
    .flatMap((file) => offences(file, offends))
})
