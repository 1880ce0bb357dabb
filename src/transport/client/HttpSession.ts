/** The session a server of the handshake era has given us, if it gave us one. The id is a secret: it is never shown. */
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import { TransportError } from "../../client/Transport.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"
import * as Headers from "../Headers.ts"
import type { HeaderFields } from "./Endpoint.ts"

export class HttpSession {
  /** Why nothing can be sent in it any more. */
  over: TransportError | undefined
  private id: string | undefined
  private version: string | undefined
  private readonly target: string
  private readonly lose: (reason: TransportError) => void

  constructor(target: string, lose: (reason: TransportError) => void) {
    this.target = target
    this.lose = lose
  }

  /** What every request says once the session has begun. */
  get headers(): HeaderFields {
    return {
      ...(this.id !== undefined && { [Headers.field.sessionId]: this.id }),
      ...(this.version !== undefined && { [Headers.field.protocolVersion]: this.version })
    }
  }

  /** Whether there is something to end at the server. */
  get isOpen(): boolean {
    return this.id !== undefined && this.over === undefined
  }

  /** Takes in the answer to `initialize`. */
  begin(response: HttpClientResponse, answer: JsonRpc.Response): void {
    if (JsonRpc.isFailure(answer)) return
    const { protocolVersion } = answer.result
    this.id = response.headers[Headers.field.sessionId]
    this.version = typeof protocolVersion === "string" ? protocolVersion : undefined
  }

  /**
   * The error for an answer that says that the session has ended, and the end of it here. What got this answer has
   * not been looked at; what is on its way may have been.
   */
  ended({ status }: HttpClientResponse): TransportError | undefined {
    if (status !== 404 || this.id === undefined) return undefined
    if (this.over === undefined) {
      this.over = new TransportError({
        message: `The session at ${this.target} has ended (HTTP 404)`,
        unsent: true
      })
      this.lose(this.over)
    }
    return this.over
  }
}
