/** What a server can do, derived from what it is made of. A capability that is not declared is not served. */
import type * as JsonRpc from "../protocol/JsonRpc.ts"
import type { Catalog } from "./Catalog.ts"
import * as Catalogs from "./Catalog.ts"
import type * as Part from "./Part.ts"

/**
 * ServerCapabilities of the newest revision. Dynamic parts may bring any kind of thing later, so a server that has
 * some declares all three lists and says that they change.
 */
export const derive = <R>(
  catalog: Catalog<R>,
  parts: ReadonlyArray<Part.Part<R>>,
  subscribe: boolean
): JsonRpc.Params => {
  const dynamic = Catalogs.flatten(parts).some(Catalogs.isDynamic)
  const listChanged = dynamic ? { listChanged: true } : {}
  const extensions = extensionsOf(parts)
  return {
    logging: {},
    ...(completes(catalog) || dynamic ? { completions: {} } : {}),
    ...(catalog.prompts.size > 0 || dynamic ? { prompts: listChanged } : {}),
    ...(catalog.resources.size + catalog.templates.size > 0 || dynamic
      ? { resources: subscribe ? { ...listChanged, subscribe: true } : listChanged }
      : {}),
    ...(catalog.tools.size > 0 || dynamic ? { tools: listChanged } : {}),
    ...(Object.keys(extensions).length > 0 ? { extensions } : {})
  }
}

const completes = <R>({ prompts, templates }: Catalog<R>) =>
  [...prompts.values(), ...templates.values()].some((part) => Object.keys(part.complete ?? {}).length > 0)

const extensionsOf = <R>(parts: ReadonlyArray<Part.Part<R>>): JsonRpc.Params =>
  Object.fromEntries(
    parts.flatMap((part): Array<[string, unknown]> =>
      part._tag === "Extension" ? [[part.id, part.settings], ...Object.entries(extensionsOf(part.parts))] : []
    )
  )

const needs: { readonly [method: string]: string } = {
  "tools/list": "tools",
  "tools/call": "tools",
  "prompts/list": "prompts",
  "prompts/get": "prompts",
  "resources/list": "resources",
  "resources/templates/list": "resources",
  "resources/read": "resources",
  "completion/complete": "completions"
}

/** Whether a standard method is served by a server with these capabilities. */
export const serves = (capabilities: JsonRpc.Params, method: string): boolean => {
  const capability = needs[method]
  return capability === undefined || Object.hasOwn(capabilities, capability)
}
