/** What a command talks to: a command that starts a server. */

export interface Target {
  /** What somebody typed to mean this. */
  readonly title: string
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly env: { readonly [name: string]: string }
  readonly cwd?: string
}
