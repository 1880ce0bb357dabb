/** One kind of thing of all members of a group, under the names the group gives them. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as McpError from "../protocol/McpError.ts"
import type { ClientError } from "./ClientError.ts"
import type { Service } from "./Service.ts"

/** Two members of a group have something of the same name. Another `rename` would keep them apart. */
export class DuplicateName extends Schema.TaggedError<DuplicateName>()("DuplicateName", {
  kind: Schema.Literals(["tool", "prompt", "resource"]),
  name: Schema.String,
  members: Schema.Array(Schema.String)
}) {
  override get message() {
    return `The ${this.kind} "${this.name}" comes from ${this.members.join(" and ")}`
  }
}

export type DirectoryError = ClientError | DuplicateName

export interface Entry<A> {
  readonly item: A
  readonly member: string
  /** What its member calls it. */
  readonly original: string
}

export interface Directory<A> {
  /** Asks every member that has such things. */
  readonly list: Effect.Effect<ReadonlyMap<string, Entry<A>>, DirectoryError>
  /** Runs something at the member that has what is named; asks the members again only for a name not seen yet. */
  readonly at: <B, E, R>(
    name: string,
    run: (client: Service, original: string) => Effect.Effect<B, E, R>
  ) => Effect.Effect<B, E | DirectoryError, R>
}

export interface Kind<A> {
  readonly kind: DuplicateName["kind"]
  /** The capability of servers that have such things. */
  readonly capability: string
  readonly list: (client: Service) => Effect.Effect<ReadonlyArray<A>, ClientError>
  readonly original: (item: A) => string
  readonly rename: (original: string, member: string) => string
}

export const make = <A>(members: ReadonlyMap<string, Service>, kind: Kind<A>): Directory<A> => {
  let seen: ReadonlyMap<string, Entry<A>> = new Map()

  const collect = (lists: ReadonlyArray<readonly [string, ReadonlyArray<A>]>) => {
    const found = new Map<string, Entry<A>>()
    for (const [member, items] of lists) {
      for (const item of items) {
        const original = kind.original(item)
        const name = kind.rename(original, member)
        const other = found.get(name)
        if (other !== undefined) {
          return Effect.fail(new DuplicateName({ kind: kind.kind, name, members: [other.member, member] }))
        }
        found.set(name, { item, member, original })
      }
    }
    seen = found
    return Effect.succeed(found)
  }
  const list = Effect.suspend(() =>
    Effect.forEach(
      [...members].filter(([, client]) => Object.hasOwn(client.server.capabilities, kind.capability)),
      ([member, client]) => Effect.map(kind.list(client), (items) => [member, items] as const),
      { concurrency: "unbounded" }
    )
  ).pipe(Effect.flatMap(collect))

  const run = <B, E, R>(
    entry: Entry<A> | undefined,
    name: string,
    use: (client: Service, original: string) => Effect.Effect<B, E, R>
  ): Effect.Effect<B, E | McpError.McpError, R> => {
    const client = entry && members.get(entry.member)
    return client === undefined || entry === undefined
      ? Effect.fail(McpError.invalidParams(`No member of the group has the ${kind.kind} "${name}"`))
      : use(client, entry.original)
  }
  return {
    list,
    at: (name, use) =>
      Effect.suspend(() => {
        const entry = seen.get(name)
        return entry === undefined
          ? Effect.flatMap(list, (found) => run(found.get(name), name, use))
          : run(entry, name, use)
      })
  }
}
