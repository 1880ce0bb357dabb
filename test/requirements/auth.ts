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
    "AUTH-1": "The sum of the other rows.",
    "AUTH-2": "What a program does: nothing here authorizes over stdio.",
    "AUTH-3": "There is no other transport with authorization.",
    SCOPE: "Which scopes a server asks for is its author's choice.",
    "ASEC-1": "The sum of the other rows, and of the RFCs they name.",
    "SEC-1": "The user is asked every time, so there is no registry to go by.",
    "SEC-12": "The network of whoever deploys.",
    "SEC-18": "Installing by one click is not there.",
    "SEC-19": "Installing by one click is not there.",
    "SEC-20": "Which transport a program chooses.",
    "SEC-22": "Which hosts are allowed is known to programs only.",
    "SEC-25":
      "The policy of a page is set by who serves it: a client here is a part of a program, not a page.",
    "SEC-27": "There is no service that spawns servers for others.",
    "SEC-28": "There is no service that spawns servers for others.",
    "SEC-29": "What a host does.",
    "SEC-30": "The sum of the other rows.",
    EMA: "Our authorization server takes no ID-JAG.",
    AEXT: "Drafts, not official."
  }
}
