/** How long a host waits for a server it has just started, and what that costs: to the first answer to `tools/list`. */
import { Peer } from "../Peer.ts"
import { inTurns, medians, type Suite } from "../Suite.ts"

const start = (program: string) => async () => {
  const before = performance.now()
  const peer = new Peer(program)
  await peer.greet()
  await peer.ask("tools/list")
  const wall = performance.now() - before
  const cpu = (await peer.cpu()) / 1000
  await peer.stop()
  return { cpu, wall }
}

export const cold: Suite = {
  title: "cold start over stdio (ours: the quickstart; the others: hello world)",
  run: async ({ quick }) => {
    const samples = await inTurns(quick ? 3 : 10, {
      raw: start("test/bench/peers/raw.ts"),
      official: start("test/bench/peers/official.ts"),
      ours: start("examples/quickstart/server.ts")
    })
    const goal = { times: 1, of: "official" } as const
    return [
      { what: "spawn to first list", unit: "ms", figures: medians(samples, ({ wall }) => wall), goal },
      { what: "CPU until then", unit: "ms", figures: medians(samples, ({ cpu }) => cpu), goal }
    ]
  }
}
