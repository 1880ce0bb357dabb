/** Rows of the OAuth client. */
import type { Group } from "./Group.ts"

export const authClient: Group["claimed"] = {
  "TOK-7": ["auth/TokenStore.test.ts"],
  "ASEC-2": ["auth/TokenStore.test.ts"],
  "SEC-9": ["auth/GuardedHttp.test.ts"],
  "SEC-10": ["auth/GuardedHttp.test.ts"],
  "SEC-11": ["auth/GuardedHttp.test.ts"],
  "SEC-21": ["auth/GuardedHttp.test.ts"],
  "SEC-26": ["auth/GuardedHttp.test.ts"]
}
