/**
 * The question that tells the eras apart, and how to read whatever comes back.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning#backward-compatibility-with-initialization-based-versions
 */
import * as Effect from "effect/Effect"
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"
import type { Revision } from "../protocol/Revision.ts"
import type { Deadlines, Limits } from "./Deadlines.ts"
import * as Dialect from "./Dialect.ts"
import type { ExchangeError, Line } from "./Line.ts"

/** What a client may speak and how it introduces itself. */
export interface Question {
  readonly identity: Dialect.Identity
  /** The most wanted first. */
  readonly revisions: ReadonlyArray<Revision>
  /** Milliseconds of silence after which a probed server is taken for one that needs the handshake. */
  readonly probeTimeout: number
}

/** What a probe told: the server, or how to go on. */
export type Verdict =
  | { readonly _tag: "Modern"; readonly revision: Revision; readonly result: JsonRpc.Params }
  | { readonly _tag: "Speaks"; readonly supported: ReadonlyArray<string> }
  | { readonly _tag: "Legacy"; readonly silent: boolean; readonly why: string }

/** Asks `server/discover`, again in another modern version if the server names one, and reads what that means. */
export const discover = (
  line: Line,
  offer: Question,
  revision: Revision,
  deadlines: Deadlines,
  tried: ReadonlyArray<string> = []
): Effect.Effect<Verdict, ExchangeError> =>
  deadlines
    .run("server/discover", silence(offer), () => line.exchange("server/discover", {}, {}))
    .pipe(
      Effect.map((result) => choose(offer, revision, result)),
      Effect.catchTag("McpError", (error) => refusal(error)),
      Effect.catchTag("TransportError", (error) =>
        error.refused === true
          ? Effect.fail(error)
          : Effect.succeed(legacy(`the connection ended: ${error.message}`))
      ),
      Effect.catchTag("RequestTimeout", ({ millis }) =>
        Effect.succeed(legacy(`no answer within ${millis} ms`, true))
      ),
      Effect.flatMap((verdict) => {
        if (verdict._tag === "Legacy") return Effect.succeed(verdict)
        if (verdict._tag === "Modern") {
          if (verdict.revision !== revision) line.speak(Dialect.of(verdict.revision, offer.identity))
          return Effect.succeed(verdict)
        }
        // Asked once in each version: a server may have been replaced while it refused the one it now speaks.
        const other = offer.revisions.find(({ version }) => verdict.supported.includes(version))
        if (other?.era !== "stateless" || tried.includes(other.version)) return Effect.succeed(verdict)
        line.speak(Dialect.of(other, offer.identity))
        return discover(line, offer, other, deadlines, [...tried, other.version])
      })
    )

/** What a transport does about it, asking a person to sign in for instance, is no silence of the server. */
const silence = ({ probeTimeout }: Question): Limits => ({ idle: probeTimeout, absolute: Infinity })

const legacy = (why: string, silent = false): Verdict => ({ _tag: "Legacy", silent, why })

/** A result without versions is not a DiscoverResult: some older servers answer whatever they are asked. */
const choose = (offer: Question, asked: Revision, result: JsonRpc.Params): Verdict => {
  const supported = strings(result["supportedVersions"])
  if (supported === undefined) return legacy("its answer to server/discover names no versions")
  const best = offer.revisions.find(({ version }) => supported.includes(version)) ?? asked
  return best.era === "stateless" && supported.includes(best.version)
    ? { _tag: "Modern", revision: best, result }
    : { _tag: "Speaks", supported }
}

/** The errors only a modern server sends. Without a version to turn to, they are final. */
const refusal = (error: McpError.McpError): Effect.Effect<Verdict, McpError.McpError> => {
  const { HeaderMismatch, MissingRequiredClientCapability, UnsupportedProtocolVersion } = McpError.code
  const supported = JsonRpc.isObject(error.data) ? strings(error.data["supported"]) : undefined
  if (error.code === UnsupportedProtocolVersion) {
    return Effect.succeed({ _tag: "Speaks", supported: supported ?? [] })
  }
  return error.code === HeaderMismatch || error.code === MissingRequiredClientCapability
    ? Effect.fail(error)
    : Effect.succeed(legacy(`it answers server/discover with ${error.code} ${error.message}`))
}

/** A list of strings, if it is one. */
export const strings = (value: unknown): ReadonlyArray<string> | undefined =>
  Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined
