/** Programs as trees, for the checks that look into them. */
import { parseSync } from "oxc-parser"
import type { SourceFile } from "./tree.ts"

export interface Node {
  readonly type: string
  readonly start: number
  readonly [field: string]: unknown
}

export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"

const children = (node: Node): ReadonlyArray<Node> => Object.values(node).flat().filter(isNode)

const descendants = (node: Node): ReadonlyArray<Node> => [node, ...children(node).flatMap(descendants)]

export const field = (node: Node, name: string): Node | undefined => {
  const value = node[name]
  return isNode(value) ? value : undefined
}

/** Every piece of a program that offends, with what is wrong with it. */
export const offences = (
  { path, text }: SourceFile,
  offends: (node: Node) => string | undefined
): ReadonlyArray<string> => {
  const program: unknown = parseSync(path, text).program
  return (isNode(program) ? descendants(program) : []).flatMap((node) => {
    const why = offends(node)
    const line = text.slice(0, node.start).split("\n").length
    return why === undefined ? [] : [`${path}:${line}: ${why}`]
  })
}
