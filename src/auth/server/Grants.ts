/**
 * What came of an authorization: a code, then a refresh token and access tokens, one family. The store has digests of
 * them, never the tokens. A code or a refresh token that is used twice was stolen from one of the two who used it, so
 * its whole family ends; except that whoever repeats a refresh at once, because the answer was lost, gets it again.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import {
  type AccessToken,
  type AuthorizationCode,
  type AuthorizationRequest,
  type Client,
  type RefreshToken,
  TokenError,
  type Tokens
} from "../AuthorizationProvider.ts"
import type { OAuthStore } from "../OAuthStore.ts"
import * as Digests from "./Digests.ts"
import type { Issuing } from "./Issuing.ts"
import {
  type AccessRecord,
  type CodeRecord,
  type Family,
  keyOf,
  type Lifetimes,
  type RefreshRecord,
  type Subject
} from "./Records.ts"
import * as Repeat from "./Repeat.ts"

/** A used code is remembered for so long, to notice that it is used again. */
const memory = Duration.toMillis("10 minutes")
/** A refresh may be repeated for so long. */
const grace = Duration.toMillis("10 seconds")

export class Grants {
  private readonly store: OAuthStore["Service"]
  private readonly issuing: Issuing
  private readonly lifetimes: Lifetimes

  constructor(store: OAuthStore["Service"], issuing: Issuing, lifetimes: Lifetimes) {
    this.store = store
    this.issuing = issuing
    this.lifetimes = lifetimes
  }

  /** A code for what the user just agreed to. */
  begin(
    request: AuthorizationRequest,
    { claims = {}, subject }: Subject,
    family: string
  ): Effect.Effect<string> {
    return Effect.gen({ self: this }, function* () {
      const now = yield* Clock.currentTimeMillis
      const code = yield* Digests.secret
      const record: CodeRecord = {
        family,
        clientId: request.clientId,
        subject,
        claims,
        resource: request.resource,
        scopes: request.scopes,
        endsAt: now + Duration.toMillis(this.lifetimes.grant),
        redirectUri: request.redirectUri,
        codeChallenge: request.codeChallenge,
        goodUntil: now + Duration.toMillis(this.lifetimes.code),
        used: false
      }
      yield* this.store.add(yield* keyOf("code", code), {
        value: JSON.stringify(record),
        expiresAt: record.goodUntil + memory,
        group: family
      })
      return code
    }).pipe(Effect.orDie)
  }

  loadCode(client: Client, code: Redacted.Redacted): Effect.Effect<AuthorizationCode | undefined> {
    return Effect.gen({ self: this }, function* () {
      const found = yield* this.read<CodeRecord>(yield* keyOf("code", Redacted.value(code)))
      if (found === undefined || found.record.clientId !== client.id) return undefined
      if (found.record.used) return yield* this.stolen("code", found.record)
      const { clientId, codeChallenge, goodUntil, redirectUri, resource, scopes, subject } = found.record
      return { code, clientId, subject, scopes, resource, redirectUri, codeChallenge, expiresAt: goodUntil }
    })
  }

  exchangeCode(client: Client, { code }: AuthorizationCode): Effect.Effect<Tokens, TokenError> {
    return Effect.gen({ self: this }, function* () {
      const key = yield* keyOf("code", Redacted.value(code))
      const found = yield* this.read<CodeRecord>(key)
      if (found === undefined) return yield* gone
      const { codeChallenge: _, goodUntil, redirectUri: __, used, ...family } = found.record
      const mine =
        !used &&
        (yield* this.store.swap(key, found.text, {
          value: JSON.stringify({ ...found.record, used: true }),
          expiresAt: goodUntil + memory,
          group: family.family
        }))
      if (!mine) return yield* Effect.flatMap(this.stolen("code", found.record), () => gone)
      const tokens = yield* this.issuing.issue(client, family, family.scopes)
      return yield* this.unlessEnded(key, family.family, tokens)
    }).pipe(Effect.catchTag("OAuthStoreError", Effect.die))
  }

  loadRefresh(client: Client, token: Redacted.Redacted): Effect.Effect<RefreshToken | undefined> {
    return Effect.gen({ self: this }, function* () {
      const found = yield* this.read<RefreshRecord>(yield* keyOf("refresh", Redacted.value(token)))
      if (found === undefined || found.record.clientId !== client.id) return undefined
      const { clientId, expiresAt, resource, scopes, subject } = found.record
      return { _tag: "RefreshToken", token, clientId, subject, scopes, resource, expiresAt }
    })
  }

  exchangeRefresh(
    client: Client,
    { token }: RefreshToken,
    scopes: ReadonlyArray<string>
  ): Effect.Effect<Tokens, TokenError> {
    const secret = Redacted.value(token)
    return Effect.gen({ self: this }, function* () {
      const key = yield* keyOf("refresh", secret)
      const found = yield* this.read<RefreshRecord>(key)
      if (found === undefined) return yield* gone
      const now = yield* Clock.currentTimeMillis
      const { expiresAt, used, ...family } = found.record
      if (used !== undefined) return yield* this.again(secret, found.record, scopes)
      const tokens = yield* this.issuing.issue(client, family, scopes)
      const mine = yield* this.store.swap(key, found.text, {
        value: JSON.stringify({
          ...found.record,
          used: { at: now, answer: yield* Repeat.seal(secret, tokens) }
        }),
        expiresAt,
        group: family.family
      })
      if (mine) return yield* this.unlessEnded(key, family.family, tokens)
      // Somebody else with the same token was faster. What was made here is not given to anybody.
      yield* this.issuing.discard(tokens)
      const winner = yield* this.read<RefreshRecord>(key)
      return winner === undefined ? yield* gone : yield* this.again(secret, winner.record, scopes)
    }).pipe(Effect.catchTag("OAuthStoreError", Effect.die))
  }

  loadAccess(token: Redacted.Redacted): Effect.Effect<AccessToken | undefined> {
    return Effect.gen({ self: this }, function* () {
      const found = yield* this.read<AccessRecord>(yield* keyOf("access", Redacted.value(token)))
      if (found === undefined) return undefined
      const { claims, family, ...granted } = found.record
      return { _tag: "AccessToken", token, ...granted, claims: { ...claims, sid: family } }
    })
  }

  /** What a refresh token belongs to, if it is still there. */
  familyOf({ token }: RefreshToken): Effect.Effect<string | undefined> {
    return Effect.flatMap(keyOf("refresh", Redacted.value(token)), (key) =>
      Effect.map(this.read<RefreshRecord>(key), (found) => found?.record.family)
    )
  }

  /** For a client that acts for itself: one access token, and no family to speak of. */
  direct(client: Client, scopes: ReadonlyArray<string>, resource: string): Effect.Effect<Tokens> {
    return Effect.gen({ self: this }, function* () {
      const now = yield* Clock.currentTimeMillis
      const family: Family = {
        family: yield* Digests.secret,
        clientId: client.id,
        subject: client.id,
        claims: {},
        resource,
        scopes,
        endsAt: now + Duration.toMillis(this.lifetimes.accessToken)
      }
      return yield* this.issuing.issue({ ...client, grantTypes: [] }, family, scopes)
    }).pipe(Effect.orDie)
  }

  revoke(token: AccessToken | RefreshToken): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const secret = Redacted.value(token.token)
      if (token._tag === "AccessToken") return yield* this.store.remove(yield* keyOf("access", secret))
      const found = yield* this.read<RefreshRecord>(yield* keyOf("refresh", secret))
      if (found !== undefined) yield* this.store.removeGroup(found.record.family)
    }).pipe(Effect.orDie)
  }

  private read<A>(key: string): Effect.Effect<{ readonly text: string; readonly record: A } | undefined> {
    return Effect.orDie(
      Effect.map(this.store.get(key), (text) =>
        text === undefined ? undefined : { text, record: JSON.parse(text) as A }
      )
    )
  }

  private stolen(what: string, { clientId, family }: Family): Effect.Effect<undefined> {
    return Effect.logWarning(`A ${what} was used again: everything that came of it ends`).pipe(
      Effect.annotateLogs({ clientId }),
      Effect.andThen(Effect.orDie(this.store.removeGroup(family))),
      Effect.as(undefined)
    )
  }

  /** The same answer to the same request, for a moment. */
  private again(
    secret: string,
    record: RefreshRecord,
    scopes: ReadonlyArray<string>
  ): Effect.Effect<Tokens, TokenError> {
    return Effect.gen({ self: this }, function* () {
      const now = yield* Clock.currentTimeMillis
      const { used } = record
      const tokens =
        used !== undefined && now < used.at + grace ? yield* Repeat.open(secret, used.answer) : undefined
      const same = tokens !== undefined && tokens.scopes.join(" ") === scopes.join(" ")
      return same ? tokens : yield* Effect.flatMap(this.stolen("refresh token", record), () => gone)
    })
  }

  /** While tokens were made the family may have been ended: then these end, too. */
  private unlessEnded(origin: string, family: string, tokens: Tokens) {
    return Effect.flatMap(this.store.get(origin), (text) =>
      text === undefined ? Effect.andThen(this.store.removeGroup(family), gone) : Effect.succeed(tokens)
    )
  }
}

const gone = Effect.fail(
  new TokenError({ error: "invalid_grant", description: "It is not known, or not good any more" })
)
