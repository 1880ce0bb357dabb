/** Scopes as OAuth writes them: words with spaces between, each once. */

export type ScopeSet = ReadonlyArray<string>

export const parse = (text: string | undefined): ScopeSet =>
  union((text ?? "").split(" ").filter((word) => word !== ""))

export const format = (scopes: ScopeSet): string => scopes.join(" ")

export const union = (...sets: ReadonlyArray<ScopeSet>): ScopeSet => [...new Set(sets.flat())]

export const covers = (granted: ScopeSet, needed: ScopeSet): boolean =>
  needed.every((scope) => granted.includes(scope))

export const without = (scopes: ScopeSet, others: ScopeSet): ScopeSet =>
  scopes.filter((scope) => !others.includes(scope))
