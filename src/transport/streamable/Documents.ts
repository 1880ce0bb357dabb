/** Answers that anybody may read, such as what a client must know before it can log in. */
import type { Reply } from "../../http/Exchange.ts"
import type { Door, Incoming } from "./Door.ts"
import * as Screens from "./Screens.ts"

/** Serves a document to everybody who knows the server by its name, from any page. */
export const serve =
  (door: Door<never>, document: Reply) =>
  ({ body, head, out }: Incoming): void => {
    const header = (name: string) => (name === "origin" ? undefined : head.header(name))
    const crossOrigin = document.headers["access-control-allow-origin"]
    const asks = head.method === "OPTIONS" && crossOrigin !== undefined
    const seen = { method: asks ? "GET" : head.method, url: head.url, header }
    door({ head: seen, out, body }, Screens.document, () =>
      out.reply(asks ? preflight(crossOrigin) : document)
    )
  }

const preflight = (origin: string): Reply => ({
  status: 204,
  headers: {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "GET",
    "access-control-allow-headers": "*"
  },
  body: ""
})
