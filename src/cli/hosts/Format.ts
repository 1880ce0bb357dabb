/** What the formats of configuration files have in common: entries by name, read and edited as text. */
import * as Result from "effect/Result"

/** Members of an entry as a file has them. */
export type Fields = { readonly [name: string]: unknown }

/** How a server is started. */
export interface Entry {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly env: { readonly [name: string]: string }
}

/** Why a file cannot be read, with the place, or cannot be edited. */
export interface Problem {
  readonly message: string
}

/** An edit that would have changed something else. */
export const unsafe: Result.Result<never, Problem> = Result.fail({
  message: "it is written in a way that cannot be edited safely"
})

/** One format. Every edit keeps what it does not mean: comments, other entries, their order, their layout. */
export interface Format {
  /** The entries of the file. An empty file has none. */
  readonly read: (text: string, key: string) => Result.Result<ReadonlyMap<string, Fields>, Problem>
  /** Sets members of an entry; an entry that is not there is added, members that are not mentioned stay. */
  readonly set: (text: string, key: string, name: string, fields: Fields) => Result.Result<string, Problem>
  readonly remove: (text: string, key: string, name: string) => Result.Result<string, Problem>
  /** An entry by itself, for somebody who puts it there by hand. */
  readonly print: (key: string, name: string, fields: Fields) => string
}

/** The members to set for an entry: what is there stays, and the new environment wins over the old. */
export const merge = (existing: Fields | undefined, entry: Entry, extra: Fields): Fields => {
  const env = { ...record(existing?.["env"]), ...entry.env }
  return {
    ...extra,
    command: entry.command,
    args: entry.args,
    ...(Object.keys(env).length > 0 && { env })
  }
}

export const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const record = (value: unknown): Fields => (isRecord(value) ? value : {})
