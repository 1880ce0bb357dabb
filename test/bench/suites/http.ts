/** What a request costs the server over HTTP, in CPU of its process, at sixteen connections. */
import { HttpPeer } from "../HttpPeer.ts"
import { type Contestant, inTurns, medians, type Programs, type Row, type Suite } from "../Suite.ts"

interface Work {
  readonly times: number
  readonly once: (peer: HttpPeer) => Promise<unknown>
  /** What one time is counted as. */
  readonly units?: number
  readonly among?: ReadonlyArray<Contestant>
  readonly args?: ReadonlyArray<string>
}

const call = { name: "add", arguments: { a: 2, b: 40 } }
const megabyte = "x".repeat(1024 * 1024)
const sessions = new WeakMap<HttpPeer, { readonly [name: string]: string }>()

const inSession = async (peer: HttpPeer) => {
  const headers = sessions.get(peer) ?? (await peer.open())
  sessions.set(peer, headers)
  return peer.send({ id: 1, method: "tools/call", params: call }, headers)
}

const visit = async (peer: HttpPeer) => {
  const headers = await peer.open()
  await peer.send({ id: 1, method: "tools/call", params: call }, headers)
  await peer.send({}, headers, "DELETE")
}

const cost = async (work: Work, quick: boolean) => {
  const { among = ["raw", "official", "ours"], args = [], once, times, units = 1 } = work
  const peers = among.map(
    (contestant) => [contestant, new HttpPeer(`test/bench/peers/http-${contestant}.ts`, ...args)] as const
  )
  const turn = (peer: HttpPeer) => async () => {
    const before = await peer.cpu()
    await peer.flood(times, () => once(peer))
    return ((await peer.cpu()) - before) / times / units
  }
  for (const [, peer] of peers) await once(peer)
  const turns: Programs<number> = Object.fromEntries(
    peers.map(([contestant, peer]) => [contestant, turn(peer)])
  )
  // V8 takes its time: a server that has answered thirty thousand calls costs a third less than one at its first.
  await inTurns(quick ? 5 : 15, turns)
  const samples = await inTurns(quick ? 3 : 11, turns)
  for (const [, peer] of peers) await peer.stop()
  return medians(samples, (micros) => micros)
}

const goal = (times: number) => ({ times, of: "raw" as const })
const two: ReadonlyArray<Contestant> = ["raw", "ours"]

export const http: Suite = {
  title: "requests over HTTP, CPU of the server",
  run: async ({ quick }): Promise<ReadonlyArray<Row>> => {
    const row = async (what: string, work: Work, times: number, scale = 1, unit = "µs"): Promise<Row> => {
      const figures = Object.entries(await cost(work, quick)).map(([who, micros]) => [who, micros / scale])
      return { what, unit, figures: Object.fromEntries(figures), goal: goal(times) }
    }
    const ask = (peer: HttpPeer) => peer.ask("tools/call", call)
    return [
      await row("call, 2026-07-28", { times: 2000, once: ask }, 1.4),
      await row("the same, with 1000 more tools", { times: 100, once: ask, args: ["1000"], among: two }, 1.4),
      await row(
        "the same, behind HttpRouter",
        { times: 2000, once: ask, args: ["0", "router"], among: two },
        2.2
      ),
      await row("call, 2025-11-25, in a session", { times: 2000, once: inSession, among: two }, 1.4),
      await row("session: open, call, close", { times: 300, once: visit, among: two }, 1.5),
      await row(
        "progress notification",
        {
          times: 64,
          units: 200,
          once: (peer) =>
            peer.ask("tools/call", { name: "count", arguments: { to: 200 }, _meta: { progressToken: "p" } })
        },
        2.5
      ),
      await row(
        "1 MiB in and out",
        {
          times: 32,
          once: (peer) => peer.ask("tools/call", { name: "echo", arguments: { text: megabyte } })
        },
        1.25,
        1000,
        "ms"
      ),
      await row(
        "tools/list, 1000 tools",
        { times: 16, once: (peer) => peer.ask("tools/list"), args: ["1000"] },
        1.3
      )
    ]
  }
}
