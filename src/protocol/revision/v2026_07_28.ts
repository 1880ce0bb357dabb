/**
 * The newest revision: stateless, every request explains itself. The kernel speaks it, so there is nothing to undo.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/changelog
 */
import * as Revision from "../Revision.ts"

export const v2026_07_28 = Revision.newest({
  version: "2026-07-28",
  era: "stateless",
  batches: false,
  inputErrors: "result",
  polling: false,
  fromClient: {
    requests: new Set([
      "server/discover",
      "subscriptions/listen",
      "tools/list",
      "tools/call",
      "resources/list",
      "resources/templates/list",
      "resources/read",
      "prompts/list",
      "prompts/get",
      "completion/complete"
    ]),
    notifications: new Set(["notifications/cancelled"])
  },
  fromServer: {
    requests: new Set(),
    notifications: new Set([
      "notifications/cancelled",
      "notifications/progress",
      "notifications/message",
      "notifications/tools/list_changed",
      "notifications/prompts/list_changed",
      "notifications/resources/list_changed",
      "notifications/resources/updated",
      "notifications/subscriptions/acknowledged"
    ])
  }
})
