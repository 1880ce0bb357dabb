/** What a request costs the server over stdio, in CPU of its process: calls, long lists, notifications on the way. */
import { Peer } from "../Peer.ts"
import { inTurns, medians, type Programs, type Suite, warm } from "../Suite.ts"

interface Work {
  readonly method: string
  readonly params: object
  /** Requests of one turn, and how many of them are in flight. */
  readonly requests: number
  readonly inFlight: number
  /** What one request is counted as. */
  readonly units: number
  /** How a peer is met; without that, by the handshake of 2025-11-25. */
  readonly greet?: (peer: Peer) => Promise<void>
}

const calls: Work = {
  method: "tools/call",
  params: { name: "add", arguments: { a: 2, b: 40 } },
  requests: 5000,
  inFlight: 64,
  units: 1
}
const explained = {
  _meta: {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1.0.0" },
    "io.modelcontextprotocol/clientCapabilities": {}
  }
}
const modern: Work = {
  ...calls,
  params: { ...calls.params, ...explained },
  greet: (peer) => peer.ask("tools/list", explained)
}
const single: Work = { ...calls, requests: 1000, inFlight: 1 }
const large: Work = {
  ...calls,
  params: { name: "echo", arguments: { text: "x".repeat(1_048_576) } },
  requests: 10,
  inFlight: 1
}
const lists: Work = { method: "tools/list", params: {}, requests: 50, inFlight: 1, units: 1 }
const reports: Work = {
  method: "tools/call",
  params: { name: "count", arguments: { to: 1000 }, _meta: { progressToken: "p" } },
  requests: 10,
  inFlight: 1,
  units: 1000
}

/** Microseconds of CPU per unit of work, of programs that are warm. */
const cost = async (work: Work, quick: boolean, ...args: ReadonlyArray<string>) => {
  const peers = (["raw", "official", "ours"] as const).map((contestant) => {
    const peer = new Peer(`test/bench/peers/${contestant}.ts`, ...args)
    return [contestant, peer] as const
  })
  for (const [, peer] of peers) await (work.greet?.(peer) ?? peer.greet())
  const turn = (peer: Peer) => async () => {
    const before = await peer.cpu()
    await peer.flood(work.method, work.params, work.requests, work.inFlight)
    return ((await peer.cpu()) - before) / work.requests / work.units
  }
  const turns: Programs<number> = Object.fromEntries(
    peers.map(([contestant, peer]) => [contestant, turn(peer)])
  )
  await warm(turns, work.requests)
  const samples = await inTurns(quick ? 3 : 11, turns)
  for (const [, peer] of peers) await peer.stop()
  return medians(samples, (micros) => micros)
}

const goals = (times: number) => [{ times, of: "raw" as const }]

export const stdio: Suite = {
  title: "requests over stdio, CPU of the server",
  run: async function* ({ quick }) {
    const row = async (what: string, work: Work, ...args: ReadonlyArray<string>) => ({
      what,
      unit: "µs",
      figures: await cost(work, quick, ...args)
    })
    yield { ...(await row("call, 64 in flight", calls)), goals: goals(2) }
    yield { ...(await row("the same in 2026-07-28", modern)), goals: goals(2) }
    yield await row("call, one at a time", single)
    yield { ...(await row("1 MiB there and back", large)), goals: goals(1.25) }
    yield { ...(await row("progress notification", reports)), goals: goals(2.5) }
    yield { ...(await row("tools/list, 1000 tools", lists, "1000")), goals: goals(1.3) }
  }
}
