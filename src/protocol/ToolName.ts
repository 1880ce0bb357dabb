/**
 * What a tool may be called.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/tools#tool-names
 */

/** Throws for any other name, because models and hosts would stumble over it. */
export const check = (name: string): void => {
  if (typeof name === "string" && /^[A-Za-z0-9_.-]{1,128}$/.test(name)) return
  throw new Error(
    `The tool name ${JSON.stringify(name)} is not allowed: use 1 to 128 characters of A-Z, a-z, 0-9, "_", "-" and ".".`
  )
}
