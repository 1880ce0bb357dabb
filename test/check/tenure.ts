/**
 * V8 makes a function that is written where it is assigned to a property (`this.say = () => …`) old from birth. Where
 * one is made for each request, all it can reach stays until the next major collection: requests, sockets, answers. A
 * field, a method, or a function that has a name first does not.
 */
import { field, type Node, offences } from "./syntax.ts"
import type { SourceFile } from "./tree.ts"

const busy = /^src\/(?:client|http|protocol|server|transport|auth)\//

const functions = new Set(["ArrowFunctionExpression", "FunctionExpression"])

const offends = (node: Node): string | undefined =>
  node.type === "AssignmentExpression" &&
  field(node, "left")?.type === "MemberExpression" &&
  functions.has(field(node, "right")?.type ?? "")
    ? "a function written where it is assigned to a property is never young"
    : undefined

export const check = (tree: ReadonlyArray<SourceFile>) => ({
  problems: tree.filter(({ path }) => busy.test(path)).flatMap((file) => offences(file, offends))
})
