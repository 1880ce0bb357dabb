/**
 * Clients that publish what they are: the id is a URL, and a document is there (OAuth Client ID Metadata Document).
 * Whoever controls the URL is the client; nothing else is known about it.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration#client-id-metadata-documents
 */
import * as Cache from "effect/Cache"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Client } from "../AuthorizationProvider.ts"
import { type Answer, GuardedHttp, GuardedHttpError } from "../GuardedHttp.ts"
import { isClaims } from "../TokenClaims.ts"
import * as ClientMetadata from "./ClientMetadata.ts"
import type { Resolved } from "./Settings.ts"

export type Documents = (id: string) => Effect.Effect<Client | undefined>

const longestId = 2048
const largest = 64 * 1024
const remembered = 1000

interface Found {
  readonly client: Client | undefined
  readonly freshFor: Duration.Duration
}

export const make = (settings: Resolved): Effect.Effect<Documents, never, GuardedHttp> =>
  Effect.gen(function* () {
    const http = yield* GuardedHttp
    const before = remembering()
    const lookup = (id: string): Effect.Effect<Found> =>
      Effect.gen(function* () {
        const answer = yield* http.send({ method: "GET", url: id, headers: { accept: "application/json" } })
        if (answer.status >= 500 || answer.status === 429) return yield* Effect.fail(down)
        const described = yield* ClientMetadata.read(yield* documentOf(id, answer), settings)
        // A secret would have to be known to both sides, and there was no place to agree on one.
        if (
          described.authentication === "client_secret_basic" ||
          described.authentication === "client_secret_post"
        ) {
          return yield* Effect.fail("the document wants a secret")
        }
        return { client: { ...described, id, origin: "document" as const }, freshFor: freshness(answer) }
      }).pipe(
        Effect.tap(({ client }) => before.keep(client)),
        Effect.catch((error) =>
          Effect.logDebug(
            "A client's document is no use",
            typeof error === "string" ? error : error.message
          ).pipe(
            Effect.andThen(isPassing(error) ? before.last(id) : before.forget(id)),
            Effect.map((client) => ({ client, freshFor: Duration.minutes(1) }))
          )
        )
      )
    const cache = yield* Cache.makeWith(lookup, {
      capacity: remembered,
      timeToLive: (exit) => (Exit.isSuccess(exit) ? exit.value.freshFor : Duration.zero)
    })
    return (id) =>
      isDocument(id) ? Effect.map(Cache.get(cache, id), ({ client }) => client) : Effect.undefined
  })

const down = "its site is down"

const isPassing = (error: unknown): boolean =>
  error === down || (error instanceof GuardedHttpError && error.kind === "failed")

/** A site may be down for so long before its client is forgotten, and with it what users agreed to. */
const patience = Duration.toMillis("1 day")

/** The last good documents: whoever was a client a moment ago is not told that it is none because of a network. */
const remembering = () => {
  const known = new Map<string, { readonly client: Client; readonly until: number }>()
  const drop = (id: string) => void known.delete(id)
  return {
    keep: (client: Client) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        // Deleted first, so that the order of the map is the order in which they were seen.
        drop(client.id)
        known.set(client.id, { client, until: now + patience })
        const [oldest] = known.keys()
        if (known.size > remembered && oldest !== undefined) drop(oldest)
      }),
    last: (id: string) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const found = known.get(id)
        return found !== undefined && now < found.until ? found.client : undefined
      }),
    forget: (id: string) =>
      Effect.as(
        Effect.sync(() => drop(id)),
        undefined
      )
  }
}

/** A URL that is written in its one way, with a path, and nothing that would make it mean more. */
export const isDocument = (id: string): boolean => {
  const url = id.length <= longestId ? URL.parse(id) : null
  return (
    url !== null &&
    url.protocol === "https:" &&
    url.href === id &&
    url.pathname !== "/" &&
    !/[#?]/.test(id) &&
    url.username === "" &&
    url.password === ""
  )
}

const documentOf = (id: string, { body, header, status, url }: Answer) => {
  const type = (header("content-type") ?? "").split(";")[0]!.trim().toLowerCase()
  if (status !== 200 || url !== id) return Effect.fail("the document is not there")
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(type) || body.length > largest) {
    return Effect.fail("the document is no JSON, or too large")
  }
  const document = parsed(body)
  return isClaims(document) && document["client_id"] === id && typeof document["client_name"] === "string"
    ? Effect.succeed({ token_endpoint_auth_method: "none", ...document })
    : Effect.fail("the document is of another client, or incomplete")
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** As its server says, within reason. */
const freshness = ({ header }: Answer): Duration.Duration => {
  const control = header("cache-control") ?? ""
  if (/\bno-(?:store|cache)\b/.test(control)) return Duration.zero
  const seconds = /(?:^|[\s,])max-age=(\d{1,9})/.exec(control)?.[1]
  return Duration.seconds(Math.min(Math.max(Number(seconds ?? 600), 60), 86_400))
}
