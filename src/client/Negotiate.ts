/**
 * Finds out what a server speaks. A modern server answers `server/discover`, or refuses it with an error only a
 * modern server sends; anything else, silence, and a connection that dies of the question mean `initialize`.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/stdio#backward-compatibility
 */
import * as Effect from "effect/Effect"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import type { Revision } from "../protocol/Revision.ts"
import * as Revisions from "../protocol/Revisions.ts"
import { NegotiationError, type RequestTimeout } from "./ClientError.ts"
import type { Deadlines, Limits } from "./Deadlines.ts"
import * as Dialect from "./Dialect.ts"
import type { Memory } from "./Eras.ts"
import type { ExchangeError, Line } from "./Line.ts"
import * as Probe from "./Probe.ts"
import * as ServerIdentity from "./ServerIdentity.ts"
import type { TransportError } from "./Transport.ts"

export interface Offer extends Probe.Question {
  readonly limits: Limits
}

/** How negotiation reaches the server: a line at a time, each to be closed before the next is opened. */
export interface Reach<R> {
  readonly target: string
  readonly open: (dialect: Dialect.Dialect) => Effect.Effect<Line, TransportError, R>
  readonly deadlines: Deadlines
  readonly eras: Memory
}

export interface Settled {
  readonly line: Line
  readonly server: ServerIdentity.ServerIdentity
}

export type NegotiateError = ExchangeError | NegotiationError | RequestTimeout

/** Opens a line and settles the version on it. */
export const negotiate = <R>(reach: Reach<R>, offer: Offer): Effect.Effect<Settled, NegotiateError, R> => {
  const first = offer.revisions.find(({ era }) => era === "stateless")
  const legacy = offer.revisions.filter(({ era }) => era === "stateful")
  if (first === undefined) return handshake(reach, offer, legacy)
  const known = legacy.length > 0 && reach.eras.isStateful(reach.target)
  const wanted = offer.revisions[0] !== first
  return known || wanted
    ? Effect.catchTag(handshake(reach, offer, legacy), "NegotiationError", () =>
        probe(reach, offer, first, legacy)
      )
    : probe(reach, offer, first, legacy)
}

const probe = Effect.fnUntraced(function* <R>(
  reach: Reach<R>,
  offer: Offer,
  first: Revision,
  legacy: ReadonlyArray<Revision>
): Effect.fn.Return<Settled, NegotiateError, R> {
  const line = yield* reach.open(Dialect.of(first, offer.identity))
  const verdict = yield* closingOnFailure(line, Probe.discover(line, offer, first, reach.deadlines))
  if (verdict._tag === "Modern") {
    reach.eras.remember(reach.target, false)
    return { line, server: ServerIdentity.discovered(verdict.revision, verdict.result, reach.target) }
  }
  if (verdict._tag === "Speaks") {
    const common = offer.revisions.filter(({ version }) => verdict.supported.includes(version))
    if (common.length === 0)
      return yield* Effect.andThen(line.close, nothingInCommon(offer, verdict.supported))
    return yield* handshake(reach, offer, common, line)
  }
  if (legacy.length === 0) return yield* Effect.andThen(line.close, tooOld(offer, verdict.why))
  const settled = yield* handshake(reach, offer, legacy, line).pipe(
    // A server that was merely slow is modern after all, and says so when it is asked the old way.
    Effect.catchTag("NegotiationError", (error) =>
      verdict.silent ? probeAgain(reach, offer, first, error) : Effect.fail(error)
    )
  )
  reach.eras.remember(reach.target, settled.server.era === "stateful")
  return settled
})

const probeAgain = Effect.fnUntraced(function* <R>(
  reach: Reach<R>,
  offer: Offer,
  first: Revision,
  refused: NegotiationError
): Effect.fn.Return<Settled, NegotiateError, R> {
  const line = yield* reach.open(Dialect.of(first, offer.identity))
  const verdict = yield* closingOnFailure(line, Probe.discover(line, offer, first, reach.deadlines))
  if (verdict._tag !== "Modern") return yield* Effect.andThen(line.close, Effect.fail(refused))
  return { line, server: ServerIdentity.discovered(verdict.revision, verdict.result, reach.target) }
})

/**
 * `initialize` on the line, or on a new one if there is none or the probe broke it. It is never cancelled: when it
 * takes too long, the line is closed.
 */
const handshake = Effect.fnUntraced(function* <R>(
  reach: Reach<R>,
  offer: Offer,
  revisions: ReadonlyArray<Revision>,
  probed?: Line
): Effect.fn.Return<Settled, NegotiateError, R> {
  const acceptable = revisions.filter(({ era }) => era === "stateful")
  const wanted = acceptable.at(0)
  if (wanted === undefined) return yield* nothingInCommon(offer, [])
  const dialect = Dialect.of(wanted, offer.identity)
  if (probed?.broken()) yield* probed.close
  const line = probed === undefined || probed.broken() ? yield* reach.open(dialect) : probed
  line.speak(dialect)
  const result = yield* closingOnFailure(line, initialize(reach, line, offer, wanted))
  const answered = acceptable.find(({ version }) => version === result["protocolVersion"])
  if (answered === undefined) {
    return yield* Effect.andThen(
      line.close,
      nothingInCommon(offer, Probe.strings([result["protocolVersion"]]) ?? [])
    )
  }
  line.speak(Dialect.of(answered, offer.identity))
  yield* closingOnFailure(line, line.notify("notifications/initialized", {}))
  return { line, server: ServerIdentity.initialized(answered, result, reach.target) }
})

const initialize = <R>(reach: Reach<R>, line: Line, offer: Offer, revision: Revision) => {
  const { capabilities, clientInfo } = offer.identity
  const { roots } = capabilities
  const params = {
    protocolVersion: revision.version,
    // The newest revision has no change notice for roots; a session has, and this client can send it.
    capabilities: roots === undefined ? capabilities : { ...capabilities, roots: { listChanged: true } },
    clientInfo
  }
  return reach.deadlines
    .run("initialize", offer.limits, (watch) => line.exchange("initialize", params, { watch }))
    .pipe(
      Effect.catchTag("McpError", (error) =>
        Effect.fail(
          new NegotiationError({
            message: `The server refused initialize (${error.code} ${error.message}). This client offered ${versions(offer)}`,
            offered: offer.revisions.map(({ version }) => version),
            supported: (JsonRpc.isObject(error.data) && Probe.strings(error.data["supported"])) || [],
            cause: error
          })
        )
      )
    )
}

const closingOnFailure = <A, E>(line: Line, effect: Effect.Effect<A, E>) =>
  Effect.onError(effect, () => line.close)

const versions = (offer: Offer) => offer.revisions.map(({ version }) => version).join(", ")

const nothingInCommon = (offer: Offer, supported: ReadonlyArray<string>) =>
  Effect.fail(
    new NegotiationError({
      message: `No common protocol version: this client speaks ${versions(offer)}, the server ${supported.join(", ") || "does not say which"}`,
      offered: offer.revisions.map(({ version }) => version),
      supported
    })
  )

const tooOld = (offer: Offer, why: string) =>
  Effect.fail(
    new NegotiationError({
      message: `This client speaks only ${versions(offer)}, and the server does not: ${why}`,
      offered: offer.revisions.map(({ version }) => version),
      supported: []
    })
  )

/** The revisions of these versions, in their order; all of them, newest first, if none are named. */
export const revisions = (
  wanted: ReadonlyArray<string> | undefined
): Effect.Effect<ReadonlyArray<Revision>, NegotiationError> => {
  if (wanted === undefined) return Effect.succeed(Revisions.all)
  const found = wanted.flatMap((version) => Revisions.find(version) ?? [])
  return found.length === wanted.length && found.length > 0
    ? Effect.succeed(found)
    : Effect.fail(
        new NegotiationError({
          message: `This client knows the versions ${Revisions.versions.join(", ")}; it was told to speak ${wanted.join(", ") || "none"}`,
          offered: [...wanted],
          supported: [...Revisions.versions]
        })
      )
}
