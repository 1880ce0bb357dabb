/**
 * From an authorization request to a code: the user is shown who asks for what, agrees, and signs in. What is not
 * agreed to yet is not kept here: it travels sealed with the browser.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import {
  answer,
  type AuthorizationProvider,
  type AuthorizationRequest,
  type Client
} from "../AuthorizationProvider.ts"
import type { OAuthStore } from "../OAuthStore.ts"
import { patience } from "./Browser.ts"
import * as Digests from "./Digests.ts"
import type { Grants } from "./Grants.ts"
import type { Keyring } from "./Keyring.ts"
import * as RedirectUri from "./RedirectUri.ts"
import { endpoint, type Resolved } from "./Settings.ts"
import type { Elsewhere, User } from "./SignInMethod.ts"
import type { UpstreamFamilies } from "./UpstreamFamilies.ts"
import * as Wire from "./Wire.ts"

interface Transaction {
  readonly request: AuthorizationRequest
  readonly until: number
}

/** What is kept while the user is elsewhere: agreed to here, by the browser that has the cookie. */
export interface Away {
  readonly request: AuthorizationRequest
  readonly remember: string
  /** Of the cookie. */
  readonly digest: string
}

export interface Opened {
  readonly request: AuthorizationRequest
  readonly client: Client
}

export interface Approvals {
  /** Where the user is asked. */
  readonly ask: (request: AuthorizationRequest) => Effect.Effect<URL>
  readonly open: (transaction: string) => Effect.Effect<Opened, Wire.Refusal>
  readonly approved: (request: AuthorizationRequest, user: User) => Effect.Effect<URL>
  readonly approvedElsewhere: (request: AuthorizationRequest, who: Elsewhere) => Effect.Effect<URL>
  readonly denied: (request: AuthorizationRequest, why: string) => URL
  readonly leave: (state: string, away: Away) => Effect.Effect<void>
  /** Once for each state, for the browser that has the secret of its cookie. Nobody else can use it up. */
  readonly comeBack: (state: string, secret: string) => Effect.Effect<Away, Wire.Refusal>
}

const purpose = "transaction"

export const make = (
  settings: Resolved,
  getClient: AuthorizationProvider["Service"]["getClient"],
  store: OAuthStore["Service"],
  keyring: Keyring,
  grants: Grants,
  families: UpstreamFamilies
): Approvals => {
  const code = (request: AuthorizationRequest, user: User, family: string) =>
    Effect.map(grants.begin(request, user, family), (code) => answer(settings.issuer, request, { code }))
  const keyOf = (state: string) => Effect.map(Digests.digest(state), (digest) => `sign-in:${digest}`)

  return {
    ask: (request) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const transaction: Transaction = { request, until: now + patience }
        const url = new URL(endpoint(settings, "/consent"))
        url.searchParams.set("transaction", yield* keyring.seal(purpose, transaction))
        return url
      }),
    open: (sealed) =>
      Effect.gen(function* () {
        const transaction = (yield* keyring.open(purpose, sealed)) as Transaction | undefined
        const now = yield* Clock.currentTimeMillis
        if (transaction === undefined || transaction.until <= now) return yield* over
        const { request } = transaction
        // It may have changed while the page was open.
        const client = yield* getClient(request.clientId)
        return client?.redirectUris.some((uri) => RedirectUri.matches(uri, request.redirectUri)) === true
          ? { request, client }
          : yield* over
      }),
    approved: (request, user) => Effect.flatMap(Digests.secret, (family) => code(request, user, family)),
    approvedElsewhere: (request, { tokens, user }) =>
      Effect.gen(function* () {
        const family = yield* Digests.secret
        yield* families.keep(family, tokens)
        return yield* code(request, user, family)
      }),
    denied: (request, why) =>
      answer(settings.issuer, request, { error: "access_denied", error_description: why }),
    leave: (state, away) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const value = yield* keyring.seal("sign-in", away)
        yield* store.add(yield* keyOf(state), { value, expiresAt: now + patience })
      }).pipe(Effect.orDie),
    comeBack: (state, secret) =>
      Effect.gen(function* () {
        const key = yield* keyOf(state)
        const value = yield* Effect.orDie(store.get(key))
        const away =
          value === undefined ? undefined : ((yield* keyring.open("sign-in", value)) as Away | undefined)
        if (value === undefined || away === undefined) return yield* over
        if (!(yield* Digests.fits(secret, away.digest))) return yield* foreign
        const now = yield* Clock.currentTimeMillis
        const first = yield* Effect.orDie(
          store.swap(key, value, { value: "used", expiresAt: now + patience })
        )
        return first ? away : yield* over
      })
  }
}

const over = Effect.fail(
  Wire.refuse(
    400,
    "invalid_request",
    "This took too long, was used already, or began elsewhere. Start again."
  )
)

export const foreign = Effect.fail(
  Wire.refuse(403, "access_denied", "This browser did not agree to that. Start again.")
)
