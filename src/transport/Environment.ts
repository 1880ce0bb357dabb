/**
 * The environment of a server process. A child is given a short list of harmless variables and what it is meant to
 * have, never everything: tokens in our own environment are none of its business.
 */

/** Variables by name; absent ones are `undefined`, as in `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>

const posix = ["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"]
const windows = [
  "APPDATA",
  "HOMEDRIVE",
  "HOMEPATH",
  "LOCALAPPDATA",
  "PATH",
  "PROCESSOR_ARCHITECTURE",
  "SYSTEMDRIVE",
  "SYSTEMROOT",
  "TEMP",
  "USERNAME",
  "USERPROFILE"
]

/**
 * The variables every child may have. Values that start with `()` are skipped: old shells take them for functions and
 * run them. Names on Windows are compared without regard to case.
 */
export const defaults = (platform: NodeJS.Platform, variables: Variables): Record<string, string> =>
  Object.fromEntries(
    entries(variables).filter(
      ([name, value]) => allowed(platform).includes(spelled(platform, name)) && !value.startsWith("()")
    )
  )

/** The default environment with the caller's own variables on top. */
export const make = (
  platform: NodeJS.Platform,
  variables: Variables,
  own: Variables = {}
): Record<string, string> => {
  const mine = entries(own)
  const replaced = new Set(mine.map(([name]) => spelled(platform, name)))
  const kept = entries(defaults(platform, variables)).filter(
    ([name]) => !replaced.has(spelled(platform, name))
  )
  return Object.fromEntries([...kept, ...mine])
}

/** Reads a variable as the platform does. */
export const get = (platform: NodeJS.Platform, variables: Variables, name: string): string | undefined =>
  entries(variables).find(([key]) => spelled(platform, key) === spelled(platform, name))?.[1]

const allowed = (platform: NodeJS.Platform) => (platform === "win32" ? windows : posix)

const spelled = (platform: NodeJS.Platform, name: string) =>
  platform === "win32" ? name.toUpperCase() : name

const entries = (variables: Variables): ReadonlyArray<readonly [string, string]> =>
  Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
