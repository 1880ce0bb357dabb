/** How resources and templates of resources are described alike. */
import type * as Schema from "effect/Schema"
import type { Icon } from "../protocol/Icon.ts"
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { CacheHint } from "./CacheHint.ts"
import type * as Contents from "./Contents.ts"
import type { Visible } from "./Part.ts"

/** How a resource is described to peers, and what they may expect of it. */
export interface Description<V = never> {
  /** For programs. Default: the URI. */
  readonly name?: string
  /** For people. */
  readonly title?: string
  readonly description?: string
  /** Default: `text/plain` for text, `application/octet-stream` for bytes, `application/json` for values. */
  readonly mimeType?: string
  readonly icons?: ReadonlyArray<Icon>
  readonly annotations?: {
    readonly audience?: ReadonlyArray<"user" | "assistant">
    /** From 0, optional, to 1, required. */
    readonly priority?: number
    /** ISO 8601. */
    readonly lastModified?: string
  }
  readonly _meta?: JsonRpc.Params
  /** Who sees the resource, and so may read it. Default: everybody. */
  readonly visible?: Visible<V>
  /** How long what was read stays fresh. Default: not at all. */
  readonly cache?: CacheHint
  /** The content can change: peers may subscribe, and the server publishes `Events.resourceUpdated(uri)`. */
  readonly updates?: boolean
}

/** The schema that stands for "no schema given". */
export type AnyBody = Schema.Codec<Contents.Body>

/** The descriptor as it is listed; what was not given is left out. */
export const describe = <D extends JsonRpc.Params>(
  key: D,
  options: Description<unknown> & { readonly output?: Schema.Constraint; readonly size?: number }
): D & JsonRpc.Params => {
  const { _meta, annotations, description, icons, output, size, title } = options
  const mimeType = options.mimeType ?? (output === undefined ? undefined : "application/json")
  return {
    ...key,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(mimeType === undefined ? {} : { mimeType }),
    ...(icons === undefined ? {} : { icons }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(size === undefined ? {} : { size }),
    ...(_meta === undefined ? {} : { _meta })
  }
}
