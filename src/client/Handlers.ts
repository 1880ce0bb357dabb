/**
 * What an application gives a client so that it can answer a server: each handler once, for both eras. What is given
 * is declared as a capability, and nothing else is.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation
 */
import type * as Effect from "effect/Effect"
import type { ElicitRequestFormParams, ElicitRequestURLParams } from "../protocol/Elicitation.ts"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { McpError } from "../protocol/McpError.ts"
import type { CreateMessageRequestParams, CreateMessageResult } from "../protocol/Sampling.ts"
import type { Content } from "./Form.ts"

/** A form the server wants filled in. `requestedSchema` is a flat object schema of primitive properties. */
export type FormRequest = ElicitRequestFormParams

/**
 * A page the server wants its user to visit. Show the whole URL and ask before opening it. In 2025-11-25 there is an
 * `elicitationId`, too: what `client.elicitationCompleted` waits for.
 */
export type UrlRequest = ElicitRequestURLParams & { readonly elicitationId?: string }

export type ElicitResult =
  | { readonly action: "accept"; readonly content?: Content }
  | { readonly action: "decline" }
  | { readonly action: "cancel" }

/** The user filled in the form. Properties left out get their defaults. */
export const accept = (content?: Content): ElicitResult =>
  content === undefined ? { action: "accept" } : { action: "accept", content }
/** The user said no. */
export const decline: ElicitResult = { action: "decline" }
/** The user went away without saying yes or no. */
export const cancel: ElicitResult = { action: "cancel" }

export type ElicitHandler<R = never> = (request: FormRequest) => Effect.Effect<ElicitResult, McpError, R>
export type ElicitUrlHandler<R = never> = (request: UrlRequest) => Effect.Effect<ElicitResult, McpError, R>

/** Params of `sampling/createMessage`: the messages, the limits, and what the server would like. */
export type SampleRequest = CreateMessageRequestParams
export type SampleResult = CreateMessageResult

export type SampleHandler<R = never> = (request: SampleRequest) => Effect.Effect<SampleResult, McpError, R>

/** A sampling handler that says what more than plain messages it can do. */
export interface Sampler<out R = never> {
  readonly sample: SampleHandler<R>
  /** Whether the model may be given tools; declares `sampling.tools`. */
  readonly tools?: boolean
  /** Whether `includeContext` is honoured; declares `sampling.context`. */
  readonly context?: boolean
}

/** A folder the server may work in. The URI has the scheme `file`. */
export interface Root {
  readonly uri: string
  readonly name?: string
}

export interface Handlers<out R = never> {
  /** Asks the user to fill in a form. */
  readonly elicit?: ElicitHandler<R>
  /** Asks the user to visit a page. */
  readonly elicitUrl?: ElicitUrlHandler<R>
  /** Lets a model of the client answer. */
  readonly sample?: SampleHandler<R> | Sampler<R>
  /** The folders the server may work in; asked for each time. */
  readonly roots?: ReadonlyArray<Root> | Effect.Effect<ReadonlyArray<Root>, McpError, R>
}

/** A sampling handler in its long form. */
export const sampler = <R>(sample: SampleHandler<R> | Sampler<R>): Sampler<R> =>
  typeof sample === "function" ? { sample } : sample

/** ClientCapabilities of the newest revision: exactly what there are handlers for. */
export const capabilities = (handlers: Handlers<unknown>): JsonRpc.Params => {
  const { elicit, elicitUrl, roots, sample } = handlers
  const sampling = sample === undefined ? undefined : sampler(sample)
  return {
    ...((elicit || elicitUrl) && {
      elicitation: { ...(elicit && { form: {} }), ...(elicitUrl && { url: {} }) }
    }),
    ...(sampling && {
      sampling: { ...(sampling.tools && { tools: {} }), ...(sampling.context && { context: {} }) }
    }),
    ...(roots && { roots: {} })
  }
}
