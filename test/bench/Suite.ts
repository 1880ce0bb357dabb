/** What a benchmark is: contestants that do the same work in one run, taking turns, and how they compare. */

/** Who is measured, in the order of the table. What they do is compared, so no figure stands alone. */
export const contestants = ["raw", "official", "ours"] as const
export type Contestant = (typeof contestants)[number]

export type Figures = { readonly [C in Contestant]?: number }

export interface Row {
  readonly what: string
  readonly unit: string
  readonly figures: Figures
  /** Ours is to be at most this many times the other's. */
  readonly goal?: { readonly times: number; readonly of: Contestant }
  /** Ours is to be at most this, whatever the others are. */
  readonly most?: number
}

export interface Options {
  /** A short run: enough to see that everything works, too little to rely on. */
  readonly quick: boolean
}

export interface Suite {
  readonly title: string
  readonly run: (options: Options) => Promise<ReadonlyArray<Row>>
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

/** The middle one of each contestant's samples, by some measure of them. */
export const medians = <A>(samples: Samples<A>, measure: (sample: A) => number): Figures =>
  Object.fromEntries(
    Object.entries(samples).map(([contestant, taken]) => [contestant, median(taken.map(measure))])
  )

/** The middle one. */
export const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
