/** The four lists of a server, each with everything that can be done with a list. */
import * as Effect from "effect/Effect"
import type { Cache } from "./Cache.ts"
import * as Catalogue from "./Catalogue.ts"
import type * as Results from "./Results.ts"
import type { Lists, Service } from "./Service.ts"
import type { Listen } from "./Subscriptions.ts"

export const make = (
  request: Service["request"],
  cache: Cache,
  listen: Listen,
  learn: (tools: ReadonlyArray<Results.Tool>) => void
): Lists => {
  const standing = { cache, listen }
  const resourcesListChanged = { resourcesListChanged: true }
  const tools = Catalogue.make({
    ...standing,
    method: "tools/list",
    changes: { toolsListChanged: true },
    fetch: (params, options) =>
      Effect.tap(request("tools/list", params, options), (page) => Effect.sync(() => learn(page.tools))),
    items: (page) => page.tools
  })
  const prompts = Catalogue.make({
    ...standing,
    method: "prompts/list",
    changes: { promptsListChanged: true },
    fetch: (params, options) => request("prompts/list", params, options),
    items: (page) => page.prompts
  })
  const resources = Catalogue.make({
    ...standing,
    method: "resources/list",
    changes: resourcesListChanged,
    fetch: (params, options) => request("resources/list", params, options),
    items: (page) => page.resources
  })
  const resourceTemplates = Catalogue.make({
    ...standing,
    method: "resources/templates/list",
    changes: resourcesListChanged,
    fetch: (params, options) => request("resources/templates/list", params, options),
    items: (page) => page.resourceTemplates
  })
  return {
    tools: tools.all,
    prompts: prompts.all,
    resources: resources.all,
    resourceTemplates: resourceTemplates.all,
    streamTools: tools.stream,
    streamPrompts: prompts.stream,
    streamResources: resources.stream,
    streamResourceTemplates: resourceTemplates.stream,
    listTools: tools.page,
    listPrompts: prompts.page,
    listResources: resources.page,
    listResourceTemplates: resourceTemplates.page,
    live: {
      tools: tools.live,
      prompts: prompts.live,
      resources: resources.live,
      resourceTemplates: resourceTemplates.live
    }
  }
}
