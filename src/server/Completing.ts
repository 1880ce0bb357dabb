/** From completers as they are written to what answers `completion/complete`. */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import { among, type Completer } from "./Completer.ts"
import { run } from "./Handler.ts"
import type { Complete, Completion } from "./Part.ts"

/** Completers for some of the names that are there, and for no others. */
export type Completers<Names extends string, There, R> = { readonly [K in Names]: Completer<R> } & ([
  Exclude<Names, There>
] extends [never]
  ? unknown
  : { readonly [K in Exclude<Names, There>]: never })

const of = <R>(completer: Completer<R>): Complete<R> =>
  typeof completer === "function"
    ? (typed, settled) =>
        Effect.map(
          run(() => completer(typed, settled)),
          completion
        )
    : among(completer)

const completion = (given: ReadonlyArray<string> | Completion): Completion =>
  isList(given) ? { values: given } : given

const isList = (given: ReadonlyArray<string> | Completion): given is ReadonlyArray<string> =>
  Array.isArray(given)

export const ofAll = <R>(completers: {
  readonly [name: string]: Completer<R>
}): { readonly [name: string]: Complete<R> } =>
  Object.fromEntries(Object.entries(completers).map(([name, completer]) => [name, of(completer)]))

/** Completers for the fields that are a choice of literals. */
export const ofSchemas = (fields: {
  readonly [name: string]: Schema.Constraint
}): { readonly [name: string]: Complete } =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => {
      const values = literals(field.ast)
      return values.length === 0 ? [] : [[name, among(values)]]
    })
  )

const literals = (ast: SchemaAST.AST): ReadonlyArray<string> => {
  if (ast._tag === "Literal") return [String(ast.literal)]
  if (ast._tag === "Boolean") return ["true", "false"]
  return ast._tag === "Union" &&
    ast.types.every((type) => type._tag === "Literal" || type._tag === "Undefined")
    ? ast.types.flatMap(literals)
    : []
}
