/** What ends a command: what is wrong, what to do about it, and the exit code. */
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"

/** The exit codes of every command. 0 is success; a command that was interrupted ends with 130. */
export const exitCodes = { usage: 1, connection: 2, protocol: 3, internal: 4, tool: 5 } as const

export type Kind = keyof typeof exitCodes

export class Failure extends Schema.TaggedError<Failure>()("Failure", {
  kind: Schema.Literals(["usage", "connection", "protocol", "internal", "tool"]),
  message: Schema.String,
  hint: Schema.optionalKey(Schema.String),
  /** What a program that reads `--json` gets besides. */
  data: Schema.optionalKey(Schema.Unknown),
  /** It was told already; only the exit code is left to give. */
  told: Schema.optionalKey(Schema.Boolean),
  /** The exit code of another program, passed on. */
  code: Schema.optionalKey(Schema.Int)
}) {
  override readonly [Runtime.errorExitCode] = this.code ?? exitCodes[this.kind]
  override readonly [Runtime.errorReported] = false

  get exitCode(): number {
    return this.code ?? exitCodes[this.kind]
  }
}

export const make = (kind: Kind, message: string, hint?: string): Failure =>
  new Failure(hint === undefined ? { kind, message } : { kind, message, hint })

export const usage = (message: string, hint?: string): Failure => make("usage", message, hint)

/** A fault of this program, not of whoever uses it. */
export const internal = (defect: unknown): Failure =>
  make(
    "internal",
    `This should not have happened: ${defect instanceof Error ? defect.message : String(defect)}`,
    "It is a fault of mcp-effect. --log-level debug tells more"
  )
