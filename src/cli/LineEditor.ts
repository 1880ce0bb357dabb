/** A line that is edited: with a history to go back in, and words that complete themselves. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Terminal from "effect/Terminal"

/** What a line may go on with: whole words that may stand for the one being typed. */
export interface Completion {
  /** The word being typed, which the words replace. */
  readonly typed: string
  readonly words: ReadonlyArray<string>
}

export class LineEditor extends Context.Service<
  LineEditor,
  {
    /** Reads a line. Fails when there is no more input, or nobody wants to write any. */
    readonly readLine: (options: {
      readonly prompt: string
      /** The newest first. */
      readonly history: ReadonlyArray<string>
      readonly complete: (line: string) => Effect.Effect<Completion>
    }) => Effect.Effect<string, Terminal.QuitError>
  }
>()("mcp-effect/cli/LineEditor") {}
