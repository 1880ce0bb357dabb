/** Shows what a server is. */
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { record } from "../hosts/Format.ts"
import * as Page from "../show/Page.ts"
import * as Connect from "../target/Connect.ts"
import * as Style from "../terminal/Style.ts"
import * as Session from "./Session.ts"

export interface Input extends Session.Flags {
  readonly target: Option.Option<string>
}

export const inspect = Effect.fnUntraced(function* ({ target, ...flags }: Input) {
  const [connecting, session] = yield* Effect.timed(Session.open(Option.getOrUndefined(target), flags))
  yield* run(session, flags.json, connecting)
}, Effect.scoped)

export const run = Effect.fnUntraced(function* (
  { client, target }: Session.Session,
  json: boolean,
  connecting?: Duration.Duration
) {
  const [answering] = yield* Effect.mapError(Effect.timed(client.ping), Connect.failure)
  const { capabilities, era, info, instructions, protocolVersion, supportedVersions } = client.server
  const millis = (duration: Duration.Duration) => Math.round(Duration.toMillis(duration) * 10) / 10
  if (json)
    return yield* Console.log(
      JSON.stringify({
        target: target.title,
        server: info,
        protocolVersion,
        era,
        supportedVersions,
        capabilities,
        ...(instructions !== undefined && { instructions }),
        latency: { ...(connecting && { connect: millis(connecting) }), ping: millis(answering) }
      })
    )
  const others = supportedVersions.filter((version) => version !== protocolVersion)
  const rows: ReadonlyArray<readonly [string, string | undefined]> = [
    ["server", `${info.name} ${info.version}`],
    ["title", info.title],
    ["description", info.description],
    ["website", info.websiteUrl],
    ["target", target.title],
    ["revision", `${protocolVersion}, ${era}${others.length === 0 ? "" : `; also ${others.join(", ")}`}`],
    ["capabilities", Object.entries(capabilities).map(capability).join(", ") || "none"],
    [
      "latency",
      [
        `${millis(answering)} ms to answer`,
        ...(connecting ? [`${millis(connecting)} ms to start and connect`] : [])
      ].join(", ")
    ],
    ["instructions", instructions]
  ]
  yield* Page.print([
    {
      title: undefined,
      rows: rows.flatMap(([left, right]) =>
        right === undefined ? [] : [{ left, right: Style.printable(right) }]
      ),
      none: ""
    }
  ])
})

/** A capability with what it says yes to: `resources (listChanged, subscribe)`. */
const capability = ([name, value]: readonly [string, unknown]): string => {
  const details = Object.entries(record(value)).flatMap(([detail, on]) => (on === false ? [] : [detail]))
  return details.length === 0 ? name : `${name} (${details.join(", ")})`
}
