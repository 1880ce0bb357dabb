/** Authorization and its extensions. */
import { authClient } from "./authClient.ts"
import { authServer } from "./authServer.ts"
import type { Group } from "./Group.ts"

/** Both sides prove rows of both. */
const merged = (first: Group["claimed"], second: Group["claimed"]): Group["claimed"] => ({
  ...first,
  ...second,
  ...Object.fromEntries(
    Object.entries(first).map(([row, files]) => [row, [...files, ...(second[row] ?? [])]])
  )
})

export const auth: Group = {
  sections: ["AUTH", "DISC", "REG", "SCOPE", "ISS", "RES", "TOK", "ASEC", "SEC", "CCRED", "EMA", "AEXT"],
  claimed: merged(authClient, authServer),
  excused: {
    AUTH: "Authorization is not there yet.",
    SCOPE: "Authorization is not there yet.",
    ASEC: "Authorization is not there yet.",
    SEC: "Authorization is not there yet.",
    EMA: "Authorization is not there yet.",
    AEXT: "Drafts, not official."
  }
}
