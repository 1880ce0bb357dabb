/**
 * The pages one client was sent to, by the name the page has between the two. Only of these is it told, once each,
 * that its user has finished there.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation#completion-notifications-for-url-mode-elicitation
 */
import * as JsonRpc from "../protocol/JsonRpc.ts"
import * as McpError from "../protocol/McpError.ts"

/** Users leave pages open: beyond this many the oldest are forgotten. */
const most = 1000

export class Visits {
  private open: Set<string> | undefined

  begin(elicitationId: string): void {
    const open = (this.open ??= new Set())
    const [oldest] = open
    if (oldest !== undefined && open.size >= most) open.delete(oldest)
    open.add(elicitationId)
  }

  /** An error may send the client to pages, too. */
  refused({ code, data }: JsonRpc.Fault): void {
    if (code !== McpError.code.UrlElicitationRequired || !JsonRpc.isObject(data)) return
    const { elicitations } = data
    for (const page of Array.isArray(elicitations) ? elicitations : []) {
      const id = JsonRpc.isObject(page) ? page["elicitationId"] : undefined
      if (typeof id === "string") this.begin(id)
    }
  }

  /** Whether the client was sent to this page and does not know yet that it is finished. */
  finish(elicitationId: string): boolean {
    return this.open?.delete(elicitationId) === true
  }
}
