/** Rows of the resource server and the authorization server. */
import type { Group } from "./Group.ts"

export const authServer: Group["claimed"] = {
  "AUTH-5": ["auth/ProtectedResource.test.ts"],
  "AUTH-10": ["auth/Bearer.test.ts"],
  "AUTH-15": ["auth/Bearer.test.ts"],
  "DISC-1": ["auth/ProtectedResource.test.ts"],
  "DISC-2": ["auth/Bearer.test.ts"],
  "DISC-3": ["auth/Bearer.test.ts", "auth/ProtectedResource.test.ts"],
  "SCOPE-1": ["auth/Bearer.test.ts"],
  "SCOPE-8": ["auth/Bearer.test.ts"],
  "SCOPE-9": ["auth/Bearer.test.ts", "auth/Scopes.test.ts"],
  "SCOPE-13": ["auth/Bearer.test.ts", "auth/Scopes.test.ts"],
  "TOK-3": ["auth/Bearer.test.ts", "auth/Introspection.test.ts", "auth/JwtVerifier.test.ts"],
  "TOK-4": ["auth/Introspection.test.ts", "auth/JwtVerifier.test.ts"],
  "TOK-6": ["auth/Introspection.test.ts", "auth/JwtVerifier.test.ts"],
  "TOK-10": ["auth/Bearer.test.ts"],
  "ASEC-2": ["auth/Bearer.test.ts", "auth/Introspection.test.ts", "auth/JwtVerifier.test.ts"],
  "ASEC-17": ["auth/Bearer.test.ts"],
  "ASEC-18": ["auth/Bearer.test.ts"],
  "SEC-7": ["auth/JwtVerifier.test.ts"]
}
