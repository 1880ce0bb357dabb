/** The arguments of a prompt: strings on the wire, whatever the schemas say inside. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import { nearest } from "./Suggest.ts"

/** The arguments as `prompts/list` describes them, in the order of the fields. */
export const list = (fields: Schema.Struct.Fields): ReadonlyArray<JsonRpc.Params> =>
  Object.entries(fields).map(([name, { ast }]) => {
    const title = SchemaAST.resolveTitle(ast)
    const description = SchemaAST.resolveDescription(ast)
    return {
      name,
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      required: isRequired(ast)
    }
  })

const isRequired = (ast: SchemaAST.AST) => !SchemaAST.isOptional(SchemaAST.toEncoded(ast))

/** Compiles how the arguments of one prompt are read. Fails with -32602 and says everything that is wrong at once. */
export const decoder = <S extends Schema.Constraint>(prompt: string, fields: Schema.Struct.Fields) => {
  const names = Object.keys(fields)
  const required = names.filter((name) => isRequired(fields[name]!.ast))
  const codec = asStrings(`The prompt "${prompt}"`, fields)
  refuseOdd(prompt, SchemaAST.toEncoded(codec.ast))
  const decode = Schema.decodeUnknownEffect(codec, {
    errors: "all"
  }) as (args: unknown) => Effect.Effect<S["Type"], Schema.SchemaError, S["DecodingServices"]>
  return (args: unknown): Effect.Effect<S["Type"], McpError.McpError, S["DecodingServices"]> => {
    if (!JsonRpc.isObject(args))
      return Effect.fail(McpError.invalidParams(`${prompt}: "arguments" must be an object`))
    const problems = [...misplaced(args, names, required), ...notStrings(args)]
    if (problems.length > 0) return Effect.fail(refuse(prompt, problems))
    return Effect.mapError(decode(args), (error) => refuse(prompt, format(error.issue, args)))
  }
}

/** Throws for an argument that would be refused whatever string it is. */
const refuseOdd = (prompt: string, encoded: SchemaAST.AST): void => {
  if (!SchemaAST.isObjects(encoded)) return
  const odd = encoded.propertySignatures.find(({ type }) => !mayBeString(type))
  if (odd === undefined) return
  throw new Error(
    `The prompt "${prompt}" has an argument that cannot be written as a string: "${String(odd.name)}". ` +
      `Use Schema.fromJsonString for what is more than a string.`
  )
}

/** Lists and objects of strings are for variables of URIs. */
const mayBeString = (ast: SchemaAST.AST): boolean => {
  if (SchemaAST.isUnion(ast)) return ast.types.some(mayBeString)
  return !SchemaAST.isArrays(ast) && !SchemaAST.isObjects(ast)
}

/** The codec between values and the strings they travel as. Throws, and says whose they are, where there is none. */
export const asStrings = (owner: string, fields: Schema.Struct.Fields) => {
  try {
    return Schema.toCodecStringTree(Schema.Struct(fields))
  } catch (cause) {
    throw new Error(`${owner} has an argument that cannot be written as a string`, { cause })
  }
}

/** What is wrong with one argument, for whoever fills it in. */
interface Problem {
  readonly argument: string
  readonly problem: string
}

const misplaced = (args: JsonRpc.Params, names: ReadonlyArray<string>, required: ReadonlyArray<string>) => [
  ...required
    .filter((name) => !Object.hasOwn(args, name))
    .map((argument): Problem => ({ argument, problem: "is missing" })),
  ...Object.keys(args)
    .filter((name) => !names.includes(name))
    .map((argument): Problem => {
      const near = nearest(argument, names)
      return { argument, problem: near === undefined ? "is unknown" : `is unknown; did you mean "${near}"?` }
    })
]

const notStrings = (args: JsonRpc.Params) =>
  Object.entries(args)
    .filter(([, value]) => typeof value !== "string")
    .map(([argument]): Problem => ({ argument, problem: "must be a string" }))

const standard = SchemaIssue.makeFormatterStandardSchemaV1()

/** What does not fit in strings that were decoded, by name, and with what was sent. */
export const format = (issue: SchemaIssue.Issue, args: JsonRpc.Params): ReadonlyArray<Problem> =>
  standard(issue).issues.map(({ message, path = [] }) => {
    const argument = String(path[0] ?? "")
    const said = Object.hasOwn(args, argument) ? `, got ${JSON.stringify(args[argument])}` : ""
    return { argument, problem: `${message.charAt(0).toLowerCase()}${message.slice(1)}${said}` }
  })

const refuse = (prompt: string, problems: ReadonlyArray<Problem>) =>
  McpError.invalidParams(`Invalid arguments for prompt ${prompt}: ${listed(problems)}`, { prompt, problems })

export const listed = (problems: ReadonlyArray<Problem>): string =>
  problems.map(({ argument, problem }) => `"${argument}" ${problem}`).join("; ")
