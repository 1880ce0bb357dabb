/** What a server that answers says about itself, and whether it is true. */
import * as Effect from "effect/Effect"
import type * as Client from "../../client/Client.ts"
import * as Revisions from "../../protocol/Revisions.ts"
import type { Target } from "../target/Target.ts"
import * as Finding from "./Finding.ts"
import * as Insufficient from "./Insufficient.ts"
import type { Ask } from "./Process.ts"

export const examine = Effect.fnUntraced(function* (
  client: Client.Service,
  target: Target,
  ask: Ask = silent
) {
  const lists = yield* Effect.forEach(kinds, (kind) =>
    Object.hasOwn(client.server.capabilities, kind) ? declared(client, target, kind) : undeclared(ask, kind)
  )
  const tools = yield* Effect.orElseSucceed(client.tools, (): ReadonlyArray<Client.Tool> => [])
  return [era(client.server), ...lists.flat(), ...describe(tools)]
})

const era = ({ era, info, protocolVersion }: Client.ServerIdentity): Finding.Finding => {
  const { version } = Revisions.newest
  const said = `${info.name} ${info.version} speaks ${protocolVersion}`
  if (era === "stateless") return Finding.fine("era", said)
  return Finding.note(
    "old-era",
    `${said}, with sessions`,
    `Clients that know only ${version} cannot use it: mcp proxy serves it to them`
  )
}

const kinds = ["tools", "resources", "prompts"] as const

const silent: Ask = () => Effect.succeed({})

/** What is declared is there, and what is there is declared. */
const declared = (client: Client.Service, target: Target, kind: (typeof kinds)[number]) => {
  const items: Effect.Effect<ReadonlyArray<unknown>, Client.ClientError> = client[kind]
  return Effect.match(items, {
    onSuccess: ({ length }) => [Finding.fine(kind, `${length} ${length === 1 ? kind.slice(0, -1) : kind}`)],
    onFailure: (error) => [
      (target._tag === "Url" ? Insufficient.within(error, target.url) : undefined) ??
        Finding.error(
          "broken-list",
          `It declares ${kind} and does not list them: ${error.message}`,
          `Leave the capability away, or answer ${kind}/list`
        )
    ]
  })
}

/** The client would not ask for what is not declared. */
const undeclared = (ask: Ask, kind: (typeof kinds)[number]) =>
  Effect.map(ask(`${kind}/list`), ({ [kind]: items }) =>
    Array.isArray(items) && items.length > 0
      ? [
          Finding.warning(
            "missing-capability",
            `It has ${kind} and does not declare the capability "${kind}"`,
            "Clients do not look for what is not declared"
          )
        ]
      : []
  )

/** A model chooses a tool by what is said about it. */
const describe = (tools: ReadonlyArray<Client.Tool>): ReadonlyArray<Finding.Finding> => {
  const mute = tools.filter(({ description = "" }) => description.trim() === "")
  return mute.length === 0
    ? []
    : [
        Finding.note(
          "no-description",
          `Tools without a description: ${mute.map(({ name }) => name).join(", ")}`,
          "A model chooses a tool by what is said about it"
        )
      ]
}
