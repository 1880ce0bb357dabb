/**
 * The one place that answers what a server asks, however the question arrives: as a request of the stateful era, or
 * as an entry of an `input_required` result. Anything but elicitation, sampling, roots and ping is refused, and so
 * is what the client did not declare.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr
 */
import * as Effect from "effect/Effect"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import * as Form from "./Form.ts"
import type { ElicitResult, FormRequest, Handlers, Root, SampleRequest, UrlRequest } from "./Handlers.ts"
import { sampler } from "./Handlers.ts"
import * as SamplingRules from "./SamplingRules.ts"

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
        return sample(handlers, params)
      case "roots/list":
        return roots(handlers)
      default:
        return Effect.fail(McpError.methodNotFound(method))
    }
  }

const refuse = (message: string) => Effect.fail(McpError.invalidParams(message))

const fill = <R>({ elicit, elicitUrl }: Handlers<R>, params: JsonRpc.Params) => {
  if (elicit === undefined) {
    return elicitUrl === undefined
      ? Effect.fail(McpError.methodNotFound("elicitation/create"))
      : refuse("This client does not fill in forms: it declared only elicitation.url")
  }
  const { message, requestedSchema } = params
  if (
    typeof message !== "string" ||
    !JsonRpc.isObject(requestedSchema) ||
    (params["mode"] ?? "form") !== "form"
  ) {
    return refuse('A form elicitation needs "message" and "requestedSchema"')
  }
  const request: FormRequest = { message, requestedSchema }
  return Effect.flatMap(elicit(request), (result) => checked(requestedSchema, result))
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
  if (elicitUrl === undefined) {
    return elicit === undefined
      ? Effect.fail(McpError.methodNotFound("elicitation/create"))
      : refuse("This client does not open pages: it declared only elicitation.form")
  }
  const { elicitationId, message, url } = params
  if (typeof message !== "string" || typeof url !== "string" || !opens(url)) {
    return refuse('A URL elicitation needs "message" and an http or https "url"')
  }
  const request: UrlRequest = {
    message,
    url,
    ...(typeof elicitationId === "string" && { elicitationId })
  }
  return Effect.map(elicitUrl(request), ({ action }): JsonRpc.Params => ({ action }))
}

/** Other schemes start programs or read files: they are not pages to visit. */
const opens = (url: string) => URL.canParse(url) && ["http:", "https:"].includes(new URL(url).protocol)

const sample = <R>(handlers: Handlers<R>, params: JsonRpc.Params) => {
  if (handlers.sample === undefined) return Effect.fail(McpError.methodNotFound("sampling/createMessage"))
  const { sample, tools } = sampler(handlers.sample)
  if (tools !== true && ("tools" in params || "toolChoice" in params)) {
    return refuse("This client's model takes no tools: it did not declare sampling.tools")
  }
  const problem = SamplingRules.problem(params)
  return problem === undefined
    ? Effect.map(sample(params as SampleRequest), (result): JsonRpc.Params => ({ ...result }))
    : refuse(problem)
}

const roots = <R>(handlers: Handlers<R>): Effect.Effect<JsonRpc.Params, McpError.McpError, R> => {
  if (handlers.roots === undefined) return Effect.fail(McpError.methodNotFound("roots/list"))
  const listed = Effect.isEffect(handlers.roots) ? handlers.roots : Effect.succeed(handlers.roots)
  return Effect.flatMap(listed, (roots) =>
    roots.every(isFile)
      ? Effect.succeed({ roots: [...roots] })
      : Effect.die(new Error(`A root is not a file: URI: ${roots.find((root) => !isFile(root))?.uri}`))
  )
}

const isFile = ({ uri }: Root) => URL.canParse(uri) && new URL(uri).protocol === "file:"
