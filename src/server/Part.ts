/**
 * What a server is made of. The union is closed: extensions contribute parts, they do not patch the kernel.
 */
import type * as Effect from "effect/Effect"
import type { Outbox } from "../Connection.ts"
import type { HeaderField } from "../JsonSchema.ts"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { McpError } from "../protocol/McpError.ts"
import type { Hub } from "./Events.ts"
import type { Invocation, Request } from "./Invocation.ts"

/** A result in the newest revision. `resultType` says how to read the rest. */
export type Result = JsonRpc.Params

/**
 * The inside of a server: one request in, one result out, notifications on the way. Speaks the newest revision
 * only. Everything on the server is one of these or wraps one.
 */
export interface Service<out R = never> {
  (request: Request["Service"]): Effect.Effect<Result, McpError, R | Outbox>
}

/** Whether the caller of a request may see, and therefore use, something. One answer for list and call alike. */
export type Visible<out R = never> = (
  request: Request["Service"]
) => boolean | Effect.Effect<boolean, never, R>

/** What every listed thing has: how it is described to peers, who sees it, and what runs when it is used. */
export interface Listed<out R, out Descriptor = JsonRpc.Params> {
  readonly descriptor: Descriptor
  readonly visible?: Visible<R>
}

export type Handle<R> = (request: Request["Service"]) => Effect.Effect<Result, McpError, R | Invocation>

/** Suggestions for one argument: what was typed so far, and the arguments that are already settled. */
export type Complete<out R = never> = (
  value: string,
  settled: { readonly [argument: string]: string }
) => Effect.Effect<Completion, McpError, R | Invocation>

export interface Completion {
  readonly values: ReadonlyArray<string>
  readonly total?: number
  readonly hasMore?: boolean
}

export interface ToolPart<out R> extends Listed<R, JsonRpc.Params & { readonly name: string }> {
  readonly _tag: "Tool"
  /** The arguments that clients on HTTP repeat in headers, if there are any. */
  readonly mirrored?: ReadonlyArray<HeaderField>
  /** Runs `tools/call`; the arguments are in `request.params.arguments`. */
  readonly handle: Handle<R>
}

export interface ResourcePart<out R> extends Listed<
  R,
  JsonRpc.Params & { readonly uri: string; readonly name: string }
> {
  readonly _tag: "Resource"
  /** The content can change: peers may subscribe, and `Events` tells them. */
  readonly updates?: boolean
  readonly handle: Handle<R>
}

export interface ResourceTemplatePart<out R> extends Listed<
  R,
  JsonRpc.Params & { readonly uriTemplate: string; readonly name: string }
> {
  readonly _tag: "ResourceTemplate"
  /** The names of the template's variables, in order. */
  readonly variables: ReadonlyArray<string>
  readonly updates?: boolean
  /** The variables of a URI that this template produces, percent-decoded; `undefined` for any other URI. */
  readonly match: (uri: string) => { readonly [variable: string]: string | ReadonlyArray<string> } | undefined
  readonly handle: Handle<R>
  readonly complete?: { readonly [variable: string]: Complete<R> }
  /** The concrete resources of this template that `resources/list` shows. */
  readonly list?: Effect.Effect<
    ReadonlyArray<JsonRpc.Params & { readonly uri: string; readonly name: string }>,
    McpError,
    R | Invocation
  >
}

export interface PromptPart<out R> extends Listed<R, JsonRpc.Params & { readonly name: string }> {
  readonly _tag: "Prompt"
  readonly handle: Handle<R>
  readonly complete?: { readonly [argument: string]: Complete<R> }
}

/** A request method of its own, or the replacement of a standard one. */
export interface MethodPart<out R> {
  readonly _tag: "Method"
  readonly method: string
  readonly handle: Handle<R>
}

/** Hears one kind of notification from clients. Its failures are logged, never answered. */
export interface NotificationPart<out R> {
  readonly _tag: "Notification"
  readonly method: string
  readonly handle: (params: JsonRpc.Params) => Effect.Effect<void, never, R>
}

/** Wraps everything inside: the first middleware of a server is the outermost. */
export interface MiddlewarePart<out R> {
  readonly _tag: "Middleware"
  readonly wrap: <R2>(next: Service<R2>) => Service<R | R2>
}

/** A named extension: capability settings, and the parts it is made of. */
export interface ExtensionPart<out R> {
  readonly _tag: "Extension"
  readonly id: string
  readonly settings: JsonRpc.Params
  readonly parts: ReadonlyArray<Part<R>>
}

/** A server inside a server: its parts under their outer names, and the events it publishes. */
export interface MountPart<out R> {
  readonly _tag: "Mount"
  readonly parts: ReadonlyArray<Part<R>>
  /** Whether peers may subscribe to its resources. */
  readonly subscribe: boolean
  readonly events: Hub
}

/** What can come and go while a server runs. */
export type Kind = "tools" | "prompts" | "resources"

/** Parts that come and go while the server runs. `parts` is read again whenever `version` has changed. */
export interface DynamicPart<out R> {
  readonly _tag: "Dynamic"
  /** What the parts may be; decides which capabilities say `listChanged`. */
  readonly kinds: ReadonlyArray<Kind>
  readonly version: () => number
  readonly parts: () => ReadonlyArray<Part<R>>
  /** Calls back with what changed; returns how to stop. */
  readonly subscribe: (changed: (kind: Kind) => void) => () => void
}

export type Part<R> = Requires<R> &
  (
    | ToolPart<R>
    | ResourcePart<R>
    | ResourceTemplatePart<R>
    | PromptPart<R>
    | MethodPart<R>
    | NotificationPart<R>
    | MiddlewarePart<R>
    | ExtensionPart<R>
    | MountPart<R>
    | DynamicPart<R>
  )

/** Carries a part's requirements where inference can find them, whatever the part's shape. */
export interface Requires<out R> {
  readonly "~requires"?: (_: never) => R
}
export type Requirements<P> = P extends Requires<infer R> ? R : never
