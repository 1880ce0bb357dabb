/** Several sites behind one address, told apart by the name they were called by. */
import * as Effect from "effect/Effect"
import type { Head } from "../../http/Exchange.ts"
import type { Route, Site } from "./Site.ts"

/**
 * Joins sites by host name, in lower case and without a port. A request for none of them goes to the first, which
 * refuses it as it refuses every name it does not know.
 */
export const make = (sites: ReadonlyArray<readonly [host: string, site: Site]>): Site => {
  const byHost = new Map(sites)
  const [first] = byHost.values()
  const paths = new Set(sites.flatMap(([, { routes }]) => routes.map(({ path }) => path)))
  return {
    routes: [...paths].map((path) => ({
      path,
      handle: (incoming) => {
        const site = byHost.get(nameOf(incoming.head)) ?? first
        routeOf(site, path)?.handle(incoming)
      }
    })),
    drain: Effect.forEach(sites, ([, { drain }]) => drain, { concurrency: "unbounded", discard: true })
  }
}

const nameOf = ({ header }: Head): string => (header("host") ?? "").replace(/:\d+$/, "").toLowerCase()

const routeOf = (site: Site | undefined, path: string): Route | undefined =>
  site?.routes.find((route) => route.path === path)
