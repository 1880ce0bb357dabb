/** What a command talks to: a command that starts a server, or the URL of one that runs. */
import type { Variables } from "../Env.ts"

export interface CommandTarget {
  readonly _tag: "Command"
  /** What somebody typed to mean this. */
  readonly title: string
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly env: Variables
  readonly cwd?: string
}

export interface UrlTarget {
  readonly _tag: "Url"
  readonly title: string
  readonly url: string
  readonly headers: Variables
}

export type Target = CommandTarget | UrlTarget
