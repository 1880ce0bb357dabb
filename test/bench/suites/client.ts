/** What a call costs the client, in CPU of its process: one at a time, to a server that does the least. */
import { ClientPeer } from "../ClientPeer.ts"
import { HttpPeer } from "../HttpPeer.ts"
import { type Contestant, inTurns, medians, type Programs, type Suite, warm } from "../Suite.ts"

const all: ReadonlyArray<Contestant> = ["raw", "official", "older", "effect", "ours"]

const cost = async (among: ReadonlyArray<Contestant>, quick: boolean, ...args: ReadonlyArray<string>) => {
  const clients = among.map(
    (contestant) => [contestant, new ClientPeer(`test/bench/peers/client-${contestant}.ts`, ...args)] as const
  )
  const turns: Programs<number> = Object.fromEntries(
    clients.map(([contestant, client]) => [contestant, () => client.calls(2000)])
  )
  await warm(turns, 2000)
  const samples = await inTurns(quick ? 3 : 11, turns)
  for (const [, client] of clients) await client.stop()
  return medians(samples, (micros) => micros)
}

const goals = [{ times: 0.4, of: "best" }] as const

export const client: Suite = {
  title: "calls one at a time, CPU of the client",
  run: async function* ({ quick }) {
    const server = new HttpPeer("test/bench/peers/http-raw.ts")
    const url = (await server.listening).href
    const modern = all.filter((contestant) => contestant !== "older")
    const row = async (what: string, among: ReadonlyArray<Contestant>, ...args: ReadonlyArray<string>) => ({
      what,
      unit: "µs",
      figures: await cost(among, quick, ...args)
    })
    yield { ...(await row("HTTP, 2026-07-28", modern, url, "2026-07-28")), goals }
    yield { ...(await row("HTTP, 2025-11-25", all, url, "2025-11-25")), goals }
    yield await row("the same, ours on fetch", all, url, "2025-11-25", "fetch")
    // The kernel alone is more than 0.4 of the best.
    yield await row("stdio, 2025-11-25", all, "stdio", "2025-11-25")
    await server.stop()
  }
}
