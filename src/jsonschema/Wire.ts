/**
 * The JSON side of a Schema as MCP peers should see it.
 *
 * Effect's own JSON form is made for JSON between Effect programs: numbers may be the string "NaN" and an absent
 * optional field may be `null`. Models and other implementations know neither, so both are taken out of the schema
 * itself, before the codec and the JSON Schema are derived from it: the two cannot disagree.
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { exact, finite, idOf } from "./Checks.ts"

/** Only finite numbers, absent instead of `undefined`, dates marked as dates. */
export const clean = (ast: SchemaAST.AST): SchemaAST.AST => {
  const known = cleaned.get(ast)
  if (known !== undefined) return known
  const result = cleanNew(ast)
  cleaned.set(ast, result)
  cleaned.set(result, result)
  return result
}

const cleaned = new WeakMap<SchemaAST.AST, SchemaAST.AST>()

const cleanNew = (ast: SchemaAST.AST): SchemaAST.AST => {
  const encoding = ast.encoding ?? (SchemaAST.isDeclaration(ast) ? encodingOf(ast) : undefined)
  if (encoding === undefined) return cleanNode(ast)
  const last = encoding[encoding.length - 1]!
  return copy(ast, { encoding: replaceLast(encoding, note(clean(last.to), notesOf(ast))) })
}

/** How a declared type, such as `Date`, says it looks in JSON. */
const encodingOf = (ast: SchemaAST.Declaration): SchemaAST.Encoding | undefined => {
  const link = ast.annotations?.["toCodecJson"] ?? ast.annotations?.["toCodec"]
  if (typeof link !== "function") return undefined
  const types = ast.typeParameters.map((type) => Schema.make<Schema.Constraint>(SchemaAST.toEncoded(type)))
  const found = (link as (types: ReadonlyArray<Schema.Constraint>) => SchemaAST.Link | undefined)(types)
  return found === undefined
    ? undefined
    : [
        ast.context === undefined
          ? found
          : new SchemaAST.Link(inContext(found.to, ast.context), found.transformation)
      ]
}

const cleanNode = (ast: SchemaAST.AST): SchemaAST.AST => {
  switch (ast._tag) {
    case "Number":
      return copy(ast, { checks: finite(ast.checks) })
    case "String":
      return copy(ast, { checks: ast.checks?.map(exact) })
    case "Objects":
      return copy(ast, {
        propertySignatures: ast.propertySignatures.map(
          ({ name, type }) => new SchemaAST.PropertySignature(name, clean(type))
        ),
        indexSignatures: ast.indexSignatures.map(
          ({ parameter, type }) => new SchemaAST.IndexSignature(parameter, clean(type))
        )
      })
    case "Arrays":
      return copy(ast, {
        elements: ast.elements.map(clean),
        rest: ast.rest.map(clean),
        checks: ast.checks?.map(exact)
      })
    case "Union":
      return ast.context?.isOptional === true && ast.types.some(SchemaAST.isUndefined)
        ? withoutUndefined(ast, ast.context)
        : copy(ast, { types: ast.types.map(clean) })
    case "Suspend":
      return new SchemaAST.Suspend(
        () => clean(ast.thunk()),
        ast.annotations,
        undefined,
        undefined,
        ast.context
      )
    default:
      return ast
  }
}

/** An optional field that may also be `undefined`: on the wire it is absent. */
const withoutUndefined = (ast: SchemaAST.Union, context: SchemaAST.Context): SchemaAST.AST => {
  const rest = ast.types.filter((type) => !SchemaAST.isUndefined(type)).map(clean)
  const only = rest.length === 1 && ast.annotations === undefined ? rest[0]! : copy(ast, { types: rest })
  return SchemaAST.decodeTo(inContext(only, context), SchemaAST.toType(ast), absentIfUndefined)
}

/** Whether a key is optional is said at every step of an encoding. */
const inContext = (ast: SchemaAST.AST, context: SchemaAST.Context): SchemaAST.AST =>
  copy(ast, {
    context,
    encoding:
      ast.encoding === undefined
        ? undefined
        : ast.encoding.map((link) => new SchemaAST.Link(inContext(link.to, context), link.transformation))
  })

const absentIfUndefined = new SchemaTransformation.Transformation<unknown, unknown>(
  SchemaGetter.passthrough(),
  SchemaGetter.transformOptional(Option.filter((value) => value !== undefined))
)

/** What an author says about a value also holds for its JSON form, where models read it. */
const notesOf = (ast: SchemaAST.AST): Schema.Annotations.Annotations => {
  const said = Object.entries(SchemaAST.resolve(ast) ?? {})
  const words = said.filter(([key]) => key === "title" || key === "description" || key.startsWith("x-"))
  const values = said.flatMap(([key, value]) => {
    if (key === "default") return encoded(ast, [value]).map((json) => [key, json])
    return key === "examples" && Array.isArray(value) ? [[key, encoded(ast, value)]] : []
  })
  const format = dates.has(idOf(ast.annotations)) ? [["format", "date-time"]] : []
  return Object.fromEntries([...format, ...words, ...values])
}

const dates: ReadonlySet<unknown> = new Set(["effect/schema/Date", "effect/schema/DateTimeUtc"])

const encoded = (ast: SchemaAST.AST, values: ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
  const encode = Schema.encodeUnknownExit(Schema.toCodecJson(Schema.make<Schema.Codec<unknown>>(ast)))
  return values.flatMap((value) => {
    const exit = encode(value)
    return exit._tag === "Success" ? [exit.value] : []
  })
}

const note = (ast: SchemaAST.AST, notes: Schema.Annotations.Annotations): SchemaAST.AST => {
  if (ast.encoding !== undefined) {
    const last = ast.encoding[ast.encoding.length - 1]!
    return copy(ast, { encoding: replaceLast(ast.encoding, note(last.to, notes)) })
  }
  const { format, ...rest } = notes
  const fitting = format !== undefined && SchemaAST.isString(ast) ? notes : rest
  return Object.keys(fitting).length === 0 ? ast : Schema.make<Schema.Top>(ast).annotate(fitting).ast
}

const replaceLast = (encoding: SchemaAST.Encoding, to: SchemaAST.AST): SchemaAST.Encoding => {
  const last = new SchemaAST.Link(to, encoding[encoding.length - 1]!.transformation)
  return encoding.length === 1 ? [last] : [encoding[0], ...encoding.slice(1, -1), last]
}

/** A node of the same kind with some members changed, as Effect itself copies nodes. */
const copy = <A extends SchemaAST.AST>(ast: A, changes: object): A =>
  Object.assign(Object.create(Object.getPrototypeOf(ast)), ast, changes) as A
