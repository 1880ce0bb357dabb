/** What is wrong with a value, at one place in it. */
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"

export interface Problem {
  readonly path: ReadonlyArray<PropertyKey>
  readonly kind: "missing" | "unknown" | "invalid"
  /** What would do, where the check says it better than the JSON Schema of that place. */
  readonly message?: string
}

/** The problems of a failed decoding, one for each place. */
export const ofIssue = (issue: SchemaIssue.Issue): ReadonlyArray<Problem> => {
  const problems = collect(issue, [], undefined)
  const places = new Map(problems.map((problem) => [JSON.stringify(problem.path.map(String)), problem]))
  return [...places.values()]
}

type Path = ReadonlyArray<PropertyKey>

const collect = (issue: SchemaIssue.Issue, path: Path, said: string | undefined): ReadonlyArray<Problem> => {
  switch (issue._tag) {
    case "Pointer":
      return collect(issue.issue, [...path, ...issue.path], said)
    case "Encoding":
      return collect(issue.issue, path, said)
    case "Filter":
      return collect(issue.issue, path, said ?? saidByCheck(issue.filter.annotations))
    case "Composite":
      return issue.issues.flatMap((member) => collect(member, path, said))
    case "AnyOf":
      // With one candidate left the value was meant to be that one; with several only the union says what would do.
      return issue.issues.length === 1
        ? collect(issue.issues[0]!, path, said)
        : [problem(path, "invalid", said ?? messageOf(issue.ast.annotations))]
    case "MissingKey":
      return [problem(path, "missing", textAt(issue.annotations, "messageMissingKey"))]
    case "UnexpectedKey":
      return [problem(path, "unknown", undefined)]
    case "InvalidType":
      return [problem(path, "invalid", said ?? messageOf(issue.ast.annotations))]
    case "InvalidValue":
    case "Forbidden":
      return [problem(path, "invalid", saidBy(issue.annotations) ?? said)]
    case "OneOf":
      return [problem(path, "invalid", said ?? "it fits more than one of the alternatives")]
  }
}

const problem = (path: Path, kind: Problem["kind"], message: string | undefined): Problem =>
  message === undefined ? { path, kind } : { path, kind, message }

type Annotations = { readonly [key: string]: unknown } | undefined

const textAt = (annotations: Annotations, key: string): string | undefined => {
  const value = annotations?.[key]
  return typeof value === "string" ? value : undefined
}

/** Checks that a JSON Schema states exactly need no words of their own. */
const saidByCheck = (annotations: Annotations): string | undefined => {
  const toJsonSchema = annotations?.["toJsonSchema"]
  const stated = typeof toJsonSchema === "function" && isExact(toJsonSchema as ToJsonSchema)
  return messageOf(annotations) ?? (stated ? undefined : saidBy(annotations))
}

type ToJsonSchema = (input: { readonly type: undefined; readonly schemas: [] }) => unknown

/** An approximation comes as a pair. */
const isExact = (toJsonSchema: ToJsonSchema): boolean => {
  try {
    return !Array.isArray(toJsonSchema({ type: undefined, schemas: [] }))
  } catch {
    return false
  }
}

const messageOf = (annotations: Annotations) => textAt(annotations, "message")

const saidBy = (annotations: Annotations): string | undefined => {
  const expected = textAt(annotations, "expected")
  return (
    messageOf(annotations) ??
    (expected === undefined || expected.startsWith("<") ? undefined : `expected ${expected}`)
  )
}

/** The same problems as the issue a schema fails with. */
export const issueOf = (problems: ReadonlyArray<Problem>, value: unknown): SchemaIssue.Issue => {
  const [first, ...rest] = problems.map(pointerOf)
  return first === undefined
    ? new SchemaIssue.InvalidValue()
    : new SchemaIssue.Composite(SchemaAST.unknown, [first, ...rest], value)
}

const pointerOf = ({ kind, message, path }: Problem): SchemaIssue.Issue => {
  const leaf =
    kind === "missing"
      ? new SchemaIssue.MissingKey(undefined)
      : kind === "unknown"
        ? new SchemaIssue.UnexpectedKey(SchemaAST.unknown)
        : new SchemaIssue.InvalidValue(message === undefined ? undefined : { message })
  return path.length === 0 ? leaf : new SchemaIssue.Pointer(path, leaf)
}
