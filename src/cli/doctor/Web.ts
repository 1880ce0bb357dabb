/** A server at a URL: what answers there, before anybody tries to talk to it. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import { layerHttpClient } from "../../transport/NodeStreamableClient.ts"
import type * as Authorized from "../auth/Authorized.ts"
import { record } from "../hosts/Format.ts"
import type { UrlTarget } from "../target/Target.ts"
import { printable } from "../terminal/Style.ts"
import * as Authorization from "./Authorization.ts"
import * as Finding from "./Finding.ts"
import * as Insufficient from "./Insufficient.ts"
import { type Answer, knock } from "./Knock.ts"

/** Knocks, and says what is wrong with the answer; no error, if a client may try. */
export const examine = ({ headers, url }: UrlTarget) =>
  knock(url, headers).pipe(
    Effect.flatMap((answer) => judge(answer, url, headers)),
    // Why nothing answers, the client says best.
    Effect.catch(() => Effect.succeed([])),
    Effect.provide(layerHttpClient)
  )

const judge = (
  answer: Answer,
  url: string,
  headers: { readonly [name: string]: string }
): Effect.Effect<ReadonlyArray<Finding.Finding>, never, HttpClient.HttpClient | Authorized.Services> => {
  const { body, demand, location, status, type } = answer
  const proved = Object.keys(headers).some((name) => name.toLowerCase() === "authorization")
  if (status === 401 && !proved) return Authorization.examine(url)
  const finding = ((): Finding.Finding | undefined => {
    if (status >= 300 && status < 400)
      return Finding.error(
        "redirect",
        `It sends elsewhere: ${location ?? "without saying where"}`,
        location === undefined ? undefined : `Name that URL: ${new URL(location, url).href}`
      )
    if (status === 401)
      return Finding.error(
        "unauthorized",
        "It does not take the Authorization header it is sent",
        `Send another one, or none and sign in: mcp auth login ${url}`
      )
    if (status === 403) return Insufficient.of(status, demand, url) ?? forbidden(body, headers)
    if (type === "text/html") return webPage(body, status)
    if (status === 404 || status === 405) return undefined
    if (status >= 500)
      return Finding.error("server-error", `It answers ${status}: ${excerpt(body)}`, "Its log tells why")
    return type === "application/json" || type === "text/event-stream"
      ? undefined
      : Finding.error(
          "wrong-content-type",
          `It answers ${status} with ${type || "no content type"}`,
          "A server answers application/json or text/event-stream. Is something else at this URL?"
        )
  })()
  if (finding !== undefined) return Effect.succeed([finding])
  return status === 404 || (status === 405 && !isMessage(body))
    ? elsewhere(url, headers, body)
    : Effect.succeed([])
}

const isMessage = (body: string) => /"jsonrpc"\s*:/.test(body)

const forbidden = (body: string, headers: { readonly [name: string]: string }): Finding.Finding => {
  const why = excerpt(body)
  if (/\borigins?\b/i.test(why) && Object.keys(headers).some((name) => name.toLowerCase() === "origin"))
    return Finding.error(
      "origin-refused",
      `Pages of this origin may not call: ${why}`,
      "The server has to list it: origins, or MCP_ORIGINS"
    )
  if (/\bhosts?\b/i.test(why))
    return Finding.error(
      "host-refused",
      `The server does not go by this name: ${why}`,
      "The server has to list it: --hosts NAME, or MCP_HOSTS"
    )
  return Finding.error("forbidden", `It answers 403: ${why}`, "Who you are may not use it")
}

const webPage = (body: string, status: number): Finding.Finding => {
  const title = /<title[^>]*>([^<]*)/i.exec(body)?.[1]?.trim()
  return Finding.error(
    "web-page",
    `A web page answers (${status}${title === undefined ? "" : `, "${printable(title)}"`}), not a server`,
    "A proxy, a login page or the wrong path is in between: the path often is /mcp"
  )
}

/** Nothing at this path: the usual ones are tried. */
const elsewhere = (url: string, headers: { readonly [name: string]: string }, body: string) =>
  Effect.gen(function* () {
    for (const path of ["/mcp", "/sse"]) {
      const other = new URL(path, url).href
      if (other === url) continue
      const answer = yield* Effect.option(knock(other, headers))
      if (Option.isSome(answer) && answer.value.status !== 404 && answer.value.type !== "text/html")
        return [
          Finding.error("wrong-path", `There is nothing at ${new URL(url).pathname}`, `There is at ${other}`)
        ]
    }
    // Servers of HTTP+SSE know only GET, and say so: the client finds out.
    return isMessage(body) || Option.isSome(yield* Effect.option(get(url, headers)))
      ? []
      : [
          Finding.error(
            "wrong-path",
            `There is nothing at ${new URL(url).pathname}`,
            "The path often is /mcp"
          )
        ]
  })

/** Whether a stream opens, as servers of HTTP+SSE do. */
const get = Effect.fnUntraced(function* (url: string, headers: { readonly [name: string]: string }) {
  const client = yield* HttpClient.HttpClient
  const request = HttpClientRequest.get(url, { headers: { accept: "text/event-stream", ...headers } })
  const { headers: said } = yield* client.execute(request)
  return yield* said["content-type"]?.startsWith("text/event-stream") === true
    ? Effect.void
    : Effect.fail("no stream")
}, Effect.timeout("15 seconds"))

const excerpt = (body: string): string => {
  const error = record(record(parse(body))["error"])["message"]
  return printable(typeof error === "string" ? error : body.trim().slice(0, 200)) || "nothing more"
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
