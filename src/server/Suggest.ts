/** The name somebody probably meant. */

/**
 * The candidate nearest to a name by edit distance, if it is near enough to be a slip: at most a third of the name
 * changed, and something of it left. Names beyond 128 characters get no suggestion, so that the cost stays bounded.
 */
export const nearest = (name: string, candidates: ReadonlyArray<string>): string | undefined => {
  if (name.length > longest) return undefined
  const wanted = name.toLowerCase()
  let best: string | undefined
  let bound = Math.min(name.length, Math.max(1, Math.floor(name.length / 3)) + 1)
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bound) continue
    const apart = distance(wanted, candidate.toLowerCase(), bound)
    if (apart < bound) {
      best = candidate
      bound = apart
    }
  }
  return best
}

/** The same as the end of a sentence, if there is one. */
export const didYouMean = (near: string | undefined): string =>
  near === undefined ? "" : `. Did you mean ${near}?`

const longest = 128

/** Levenshtein distance, given up once it cannot stay below the bound. */
const distance = (a: string, b: string, bound: number): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      next.push(Math.min(row[j - 1]! + same, row[j]! + 1, next[j - 1]! + 1))
    }
    if (Math.min(...next) >= bound) return bound
    row = next
  }
  return row[b.length]!
}
