/** How long a host waits for a server it has just started, and what that costs: to the first answer to `tools/list`. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { rolldown } from "rolldown"
import { path, Peer } from "../Peer.ts"
import { inTurns, medians, type Programs, type Row, type Suite } from "../Suite.ts"

interface Start {
  readonly cpu: number
  readonly wall: number
}

const start = (program: string) => async (): Promise<Start> => {
  const before = performance.now()
  const peer = new Peer(program)
  await peer.greet()
  await peer.ask("tools/list")
  const wall = performance.now() - before
  const cpu = (await peer.cpu()) / 1000
  await peer.stop()
  return { cpu, wall }
}

const compare = async (
  how: string,
  rounds: number,
  programs: Programs<Start>,
  times: number
): Promise<ReadonlyArray<Row>> => {
  const samples = await inTurns(rounds, programs)
  const goals = [{ times, of: "official" }] as const
  return [
    { what: `${how}: to the first list`, unit: "ms", figures: medians(samples, ({ wall }) => wall), goals },
    { what: `${how}: CPU until then`, unit: "ms", figures: medians(samples, ({ cpu }) => cpu), goals }
  ]
}

const quickstart = "examples/quickstart/server.ts"

/** The quickstart in one file with everything it needs, as servers are shipped to people. */
const bundled = async <A>(use: (file: string) => Promise<A>): Promise<A> => {
  const folder = await mkdtemp(join(tmpdir(), "mcp-effect-bench-"))
  const file = join(folder, "server.mjs")
  const build = await rolldown({ input: path(quickstart), platform: "node" })
  try {
    await build.write({ file, format: "esm", codeSplitting: false })
    return await use(file)
  } finally {
    await build.close()
    await rm(folder, { recursive: true })
  }
}

export const cold: Suite = {
  title: "cold start over stdio (ours: the quickstart; the others: hello world)",
  run: async function* ({ quick }) {
    const rounds = quick ? 3 : 10
    const official = start("test/bench/peers/official.ts")
    const raw = start("test/bench/peers/raw.ts")
    yield* await compare("as it is", rounds, { raw, official, ours: start(quickstart) }, 1)
    yield* await bundled((file) => compare("bundled", rounds, { raw, official, ours: start(file) }, 0.6))
  }
}
