/** What a benchmark is: contestants that do the same work in one run, taking turns, and how they compare. */

/**
 * Who is measured, in the order of the table. What they do is compared, so no figure stands alone. A row has those that
 * can do what it is about: `raw` checks nothing, `checked` checks by hand all that a server must, `official` is the
 * official SDK 2.4 and `older` its 1.32, `effect` is what Effect itself brings.
 */
export const contestants = ["raw", "checked", "official", "older", "effect", "ours"] as const
export type Contestant = (typeof contestants)[number]

export type Figures = { readonly [C in Contestant]?: number }

/** Ours is to be at most this, or this many times the other's; `best` is the best of those who do all that ours does. */
export type Goal = { readonly atMost: number } | { readonly times: number; readonly of: Contestant | "best" }

export interface Row {
  readonly what: string
  readonly unit: string
  readonly figures: Figures
  readonly goals?: ReadonlyArray<Goal>
}

export interface Options {
  /** A short run: enough to see that everything works, too little to rely on. */
  readonly quick: boolean
}

export interface Suite {
  readonly title: string
  readonly run: (options: Options) => AsyncIterable<Row>
}

/** What each contestant does in its turn. */
export type Programs<A> = { readonly [C in Contestant]?: () => Promise<A> }

type Samples<A> = { readonly [C in Contestant]?: ReadonlyArray<A> }

/** Lets every contestant have its turn, over and over, so that what the machine does meanwhile hits them alike. */
export const inTurns = async <A>(rounds: number, programs: Programs<A>): Promise<Samples<A>> => {
  const samples: { [C in Contestant]?: Array<A> } = {}
  for (let round = 0; round < rounds; round++) {
    for (const contestant of contestants) {
      const program = programs[contestant]
      if (program !== undefined) (samples[contestant] ??= []).push(await program())
    }
  }
  return samples
}

/**
 * Lets every contestant get warm before it is measured. V8 takes its time: who has answered thirty thousand calls needs
 * a third less for one than at first. Where that would take long, a few seconds have to do.
 */
export const warm = async (programs: Programs<unknown>, callsOfTurn: number): Promise<void> => {
  for (const program of Object.values(programs)) {
    const until = performance.now() + 4000
    for (let calls = 0; calls < 30_000 && performance.now() < until; calls += callsOfTurn) await program()
  }
}

/** The middle one of each contestant's samples, by some measure of them. */
export const medians = <A>(samples: Samples<A>, measure: (sample: A) => number): Figures =>
  Object.fromEntries(
    Object.entries(samples).map(([contestant, taken]) => [contestant, median(taken.map(measure))])
  )

export const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
