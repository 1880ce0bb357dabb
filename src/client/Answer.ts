/**
 * The one place that answers what a server asks, however the question arrives: as a request of the stateful era, or
 * as an entry of an `input_required` result. Anything but elicitation, sampling, roots and ping is refused, and so
 * is what the client did not declare.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as Elicitation from "../protocol/Elicitation.ts"
import * as McpError from "../protocol/McpError.ts"
import * as Sampling from "../protocol/Sampling.ts"
import * as Form from "./Form.ts"
import type { ElicitResult, Handlers, Root } from "./Handlers.ts"
import { sampler } from "./Handlers.ts"
import * as SamplingRules from "../protocol/SamplingRules.ts"

export interface Answer<out R = never> {
  (method: string, params: JsonRpc.Params): Effect.Effect<JsonRpc.Params, McpError.McpError, R>
}

/** Answers with the handlers it is given. */
export const make =
  <R>(handlers: Handlers<R>): Answer<R> =>
  (method, params) => {
    switch (method) {
      case "ping":
        return Effect.succeed({})
      case "elicitation/create":
        return params["mode"] === "url" ? visit(handlers, params) : fill(handlers, params)
      case "sampling/createMessage":
        return generate(handlers, params)
      case "roots/list":
        return listRoots(handlers)
      default:
        return Effect.fail(McpError.methodNotFound(method))
    }
  }

const refuse = (message: string) => Effect.fail(McpError.invalidParams(message))

/** Reads the params of a question as the specification has them. */
const read = <S extends Schema.ConstraintCodec<unknown, unknown, never, never>>(
  method: string,
  schema: S
) => {
  const decode = Schema.decodeUnknownEffect(schema)
  return (params: JsonRpc.Params) =>
    Effect.mapError(decode(params), (error) =>
      McpError.invalidParams(`The params of ${method} are not what the protocol says: ${error.message}`)
    )
}
const readForm = read("elicitation/create", Elicitation.ElicitRequestFormParams)
const readPage = read("elicitation/create", Elicitation.ElicitRequestURLParams)
const readSample = read("sampling/createMessage", Sampling.CreateMessageRequestParams)

const fill = <R>({ elicit, elicitUrl }: Handlers<R>, params: JsonRpc.Params) => {
  if (elicit !== undefined) {
    return Effect.flatMap(readForm(params), (form) =>
      Effect.flatMap(elicit(form), (result) => checked(form.requestedSchema, result))
    )
  }
  return elicitUrl === undefined
    ? Effect.fail(McpError.methodNotFound("elicitation/create"))
    : refuse("This client does not fill in forms: it declared only elicitation.url")
}

const checked = (
  schema: JsonRpc.Params,
  result: ElicitResult
): Effect.Effect<JsonRpc.Params, McpError.McpError> => {
  if (result.action !== "accept") return Effect.succeed({ action: result.action })
  const content = Form.withDefaults(schema, result.content ?? {})
  const problems = Form.problems(schema, content)
  return problems.length === 0
    ? Effect.succeed({ action: "accept", content })
    : refuse(`The answer does not fit the requested schema: ${problems.join("; ")}`)
}

const visit = <R>({ elicit, elicitUrl }: Handlers<R>, params: JsonRpc.Params) => {
  if (elicitUrl !== undefined) {
    return Effect.flatMap(readPage(params), (page) =>
      opens(page.url)
        ? Effect.map(elicitUrl(page), ({ action }): JsonRpc.Params => ({ action }))
        : refuse(`This client opens only http and https pages, not ${JSON.stringify(page.url)}`)
    )
  }
  return elicit === undefined
    ? Effect.fail(McpError.methodNotFound("elicitation/create"))
    : refuse("This client does not open pages: it declared only elicitation.form")
}

/** Other schemes start programs or read files: they are not pages to visit. */
const opens = (url: string) => URL.canParse(url) && ["http:", "https:"].includes(new URL(url).protocol)

const generate = <R>(handlers: Handlers<R>, params: JsonRpc.Params) => {
  if (handlers.sample === undefined) return Effect.fail(McpError.methodNotFound("sampling/createMessage"))
  const { sample, tools } = sampler(handlers.sample)
  if (tools !== true && ("tools" in params || "toolChoice" in params)) {
    return refuse("This client's model takes no tools: it did not declare sampling.tools")
  }
  return Effect.flatMap(readSample(params), (request) => {
    const problem = SamplingRules.problem(request.messages)
    return problem === undefined
      ? Effect.map(sample(request), (result): JsonRpc.Params => ({ ...result }))
      : refuse(problem)
  })
}

const listRoots = <R>(handlers: Handlers<R>): Effect.Effect<JsonRpc.Params, McpError.McpError, R> => {
  if (handlers.roots === undefined) return Effect.fail(McpError.methodNotFound("roots/list"))
  const listed = Effect.isEffect(handlers.roots) ? handlers.roots : Effect.succeed(handlers.roots)
  return Effect.flatMap(listed, (roots) =>
    roots.every(isFile)
      ? Effect.succeed({ roots: [...roots] })
      : Effect.die(new Error(`A root is no path as a file: URI: ${roots.find((root) => !isFile(root))?.uri}`))
  )
}

/** Where a path with ".." leads depends on who reads it. */
const isFile = ({ uri }: Root) =>
  URL.canParse(uri) && new URL(uri).protocol === "file:" && !uri.split(/[/\\]/).some(climbs)

const climbs = (segment: string) => segment.replaceAll(/%2e/gi, ".") === ".."
