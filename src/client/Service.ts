/** What a client can do, whatever the server at the other end speaks. */
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { Call } from "./Calls.ts"
import type { ClientError } from "./ClientError.ts"
import type { Notice } from "./Notices.ts"
import type { RequestOptions } from "./Requests.ts"
import type * as Results from "./Results.ts"
import type { ServerIdentity } from "./ServerIdentity.ts"
import type { Listen } from "./Subscriptions.ts"

type Request<A, R = never> = Effect.Effect<A, ClientError, R>
type Many<A> = Effect.Effect<ReadonlyArray<A>, ClientError>
type Page<A> = <R = never>(cursor?: string, options?: RequestOptions<R>) => Request<A, R>

/** The lists a server keeps: whole, as streams of their members, and a page at a time. */
export interface Lists {
  readonly tools: Many<Results.Tool>
  readonly prompts: Many<Results.Prompt>
  readonly resources: Many<Results.Resource>
  readonly resourceTemplates: Many<Results.ResourceTemplate>
  readonly streamTools: Stream.Stream<Results.Tool, ClientError>
  readonly streamPrompts: Stream.Stream<Results.Prompt, ClientError>
  readonly streamResources: Stream.Stream<Results.Resource, ClientError>
  readonly streamResourceTemplates: Stream.Stream<Results.ResourceTemplate, ClientError>
  readonly listTools: Page<Results.ListToolsResult>
  readonly listPrompts: Page<Results.ListPromptsResult>
  readonly listResources: Page<Results.ListResourcesResult>
  readonly listResourceTemplates: Page<Results.ListResourceTemplatesResult>
  /** Each list now, and again after every change the server tells about. */
  readonly live: {
    readonly tools: Stream.Stream<ReadonlyArray<Results.Tool>, ClientError>
    readonly prompts: Stream.Stream<ReadonlyArray<Results.Prompt>, ClientError>
    readonly resources: Stream.Stream<ReadonlyArray<Results.Resource>, ClientError>
    readonly resourceTemplates: Stream.Stream<ReadonlyArray<Results.ResourceTemplate>, ClientError>
  }
}

export interface Service extends Lists {
  /** Who is at the other end, and what was negotiated. Self-reported: show it, do not decide by it. */
  readonly server: ServerIdentity
  /** Any request, of the specification or of an extension, in the words of the newest revision. */
  readonly request: <const M extends string, R = never>(
    method: M,
    params?: Results.Params<M>,
    options?: RequestOptions<R>
  ) => Request<Results.Result<M>, R>
  /** Any notification. One that the negotiated revision does not have is not sent. */
  readonly notify: (method: string, params?: JsonRpc.Params) => Request<void>
  /** Calls a tool by the contract both sides hold. */
  readonly call: Call
  /**
   * Calls a tool by its name. A failure of the tool is a result with `isError`, meant for a model. If the tool was
   * listed with an output schema, an answer that does not fit it is an `InvalidResponse`.
   */
  readonly callTool: <R = never>(
    name: string,
    args?: JsonRpc.Params,
    options?: RequestOptions<R>
  ) => Request<Results.CallToolResult, R>
  readonly readResource: <R = never>(
    uri: string,
    options?: RequestOptions<R>
  ) => Request<Results.ReadResourceResult, R>
  readonly getPrompt: <R = never>(
    name: string,
    args?: { readonly [argument: string]: string },
    options?: RequestOptions<R>
  ) => Request<Results.GetPromptResult, R>
  /** Suggestions for an argument of a prompt or a variable of a template; `settled` are the arguments known so far. */
  readonly complete: <R = never>(
    reference: Results.Reference,
    argument: { readonly name: string; readonly value: string },
    settled?: { readonly [argument: string]: string },
    options?: RequestOptions<R>
  ) => Request<Results.Completion, R>
  /** Whether the server answers. The stateless era has no ping of its own: there `server/discover` serves. */
  readonly ping: Request<void>
  /**
   * From which level on the server sends log messages: to the session, or, in the stateless era, about the requests
   * sent from now on.
   */
  readonly setLogLevel: (level: Results.LogLevel) => Request<void>
  /** Changes, as a stream that lasts until the server ends it. */
  readonly listen: Listen
  /** Asks to be told, until further notice, when a resource changes: as a notification. */
  readonly subscribe: (uri: string) => Request<void>
  readonly unsubscribe: (uri: string) => Effect.Effect<void>
  /** Everything the server says that answers nothing, progress aside, from when the stream runs. */
  readonly notifications: Stream.Stream<Notice>
  readonly logs: Stream.Stream<Results.LogMessage>
  /**
   * Waits until the server says that the user has finished at a page it sent them to: one of `Client.requiredUrls`, or
   * of a question to `elicitUrl`. A server need not say so: leave the user a way to go on without.
   */
  readonly elicitationCompleted: (elicitationId: string) => Effect.Effect<void>
  /** Tells the server of the stateful era that `roots` would now answer differently. */
  readonly sendRootsChanged: Request<void>
  /**
   * Forgets every kept result. `OAuthClient` sees to that when somebody else signs in; a program whose own headers or
   * `HttpClient` begin to speak for somebody else says so here.
   */
  readonly forget: Effect.Effect<void>
  /** How many messages of the server belonged to nothing: late responses, progress of finished requests. */
  readonly ignored: () => number
}
