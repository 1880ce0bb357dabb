/** What a request costs the server over HTTP, in CPU of its process, at sixteen connections. */
import { HttpPeer } from "../HttpPeer.ts"
import { type Contestant, type Goal, inTurns, medians, type Programs, type Suite, warm } from "../Suite.ts"

interface Work {
  readonly times: number
  readonly once: (peer: HttpPeer) => Promise<unknown>
  /** What one time is counted as. */
  readonly units?: number
  readonly among: ReadonlyArray<Contestant>
  readonly args?: ReadonlyArray<string>
}

const call = { name: "add", arguments: { a: 2, b: 40 } }
const megabyte = "x".repeat(1024 * 1024)
const sessions = new WeakMap<HttpPeer, { readonly [name: string]: string }>()

const inSession = async (peer: HttpPeer) => {
  const headers = sessions.get(peer) ?? (await peer.open())
  sessions.set(peer, headers)
  return callIn(peer, headers)
}

const callIn = async (peer: HttpPeer, headers: { readonly [name: string]: string }) => {
  const { text } = await peer.send({ id: 1, method: "tools/call", params: call }, headers)
  if (!text.includes('"42"')) throw new Error(`Refused: ${text.slice(0, 500)}`)
}

const visit = async (peer: HttpPeer) => {
  const headers = await peer.open()
  await callIn(peer, headers)
  await peer.send({}, headers, "DELETE")
}

const start = (contestant: Contestant, args?: ReadonlyArray<string>, options?: ReadonlyArray<string>) =>
  new HttpPeer(`test/bench/peers/http-${contestant}.ts`, args, options)

const cost = async (work: Work, quick: boolean) => {
  const { among, args, once, times, units = 1 } = work
  const peers = among.map((contestant) => [contestant, start(contestant, args)] as const)
  const turn = (peer: HttpPeer) => async () => {
    const before = await peer.cpu()
    await peer.flood(times, () => once(peer))
    return ((await peer.cpu()) - before) / times / units
  }
  for (const [, peer] of peers) await once(peer)
  const turns: Programs<number> = Object.fromEntries(
    peers.map(([contestant, peer]) => [contestant, turn(peer)])
  )
  await warm(turns, times)
  const samples = await inTurns(quick ? 3 : 11, turns)
  for (const [, peer] of peers) await peer.stop()
  return medians(samples, (micros) => micros)
}

/** Bytes of heap that a session holds which nobody uses at the moment. */
const idle = async (contestant: Contestant, count: number) => {
  const peer = start(contestant, [], ["--expose-gc"])
  await peer.flood(200, () => peer.open())
  const before = await peer.heap()
  await peer.flood(count, () => peer.open())
  const bytes = ((await peer.heap()) - before) / count
  await peer.stop()
  return bytes
}

const stateful: ReadonlyArray<Contestant> = ["raw", "checked", "official", "older", "effect", "ours"]
const stateless: ReadonlyArray<Contestant> = ["raw", "checked", "official", "effect", "ours"]
const some: ReadonlyArray<Contestant> = ["raw", "official", "ours"]

const ask = (peer: HttpPeer) => peer.ask("tools/call", call)
const count = { name: "count", arguments: { to: 200 }, _meta: { progressToken: "p" } }
const echo = { name: "echo", arguments: { text: megabyte } }

const of = (times: number, of: Contestant = "raw") => ({ times, of })

const works: ReadonlyArray<readonly [string, Work, ...ReadonlyArray<Goal>]> = [
  ["call, 2026-07-28", { times: 2000, once: ask, among: stateless }, of(1.4), of(1.15, "checked")],
  ["with 1000 more tools", { times: 2000, once: ask, args: ["1000"], among: ["raw", "ours"] }, of(1.4)],
  ["behind HttpRouter", { times: 2000, once: ask, args: ["0", "router"], among: ["raw", "ours"] }, of(2.2)],
  ["behind Fetch", { times: 2000, once: ask, args: ["0", "fetch"], among: ["raw", "ours"] }, of(4)],
  ["of which Fetch by itself", { times: 2000, once: ask, args: ["0", "bare"], among: ["raw", "ours"] }],
  ["call, 2025-11-25", { times: 2000, once: inSession, among: stateful }, of(1.4), of(1.15, "checked")],
  ["session: open, call, close", { times: 300, once: visit, among: stateful }, of(1.5)],
  [
    "progress notification",
    { times: 64, units: 200, once: (peer) => peer.ask("tools/call", count), among: some },
    of(2.5)
  ],
  [
    "1 MiB in and out",
    { times: 32, once: (peer) => peer.ask("tools/call", echo), among: [...some, "effect"] },
    of(1.25)
  ],
  [
    "tools/list, 1000 tools",
    { times: 16, once: (peer) => peer.ask("tools/list"), args: ["1000"], among: some },
    of(1.3)
  ]
]

export const http: Suite = {
  title: "requests over HTTP, CPU of the server",
  run: async function* ({ quick }) {
    for (const [what, work, ...goals] of works) {
      yield { what, unit: "µs", figures: await cost(work, quick), goals }
    }
    const held: Programs<number> = Object.fromEntries(
      stateful.map((contestant) => [contestant, () => idle(contestant, quick ? 1000 : 4000)])
    )
    const figures = medians(await inTurns(quick ? 1 : 3, held), (bytes) => bytes)
    yield { what: "idle session", unit: "B", figures, goals: [{ atMost: 2048 }] }
  }
}
