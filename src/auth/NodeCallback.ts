/**
 * A listener on this machine that waits for the browser to come back from the authorization server. It takes one
 * answer, the one that carries the right `state`; everybody else is shown out.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8252#section-7.3
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { randomBytes } from "node:crypto"
import { createServer } from "node:http"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { InteractionError } from "./Interaction.ts"
import * as Page from "./Page.ts"
import * as Secrets from "./Secrets.ts"

export interface Callback {
  readonly redirectUri: string
  /** Waits for the parameters that come with this `state`. */
  readonly wait: (state: Redacted.Redacted) => Effect.Effect<URLSearchParams>
}

export interface Place {
  /** `127.0.0.1`, `[::1]` or `localhost`. */
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  readonly path: string
}

interface Waiting {
  readonly state: Redacted.Redacted
  readonly take: (answer: URLSearchParams) => void
}

/** Listens until the scope closes. */
export const listen = Effect.fnUntraced(function* (
  place: Place
): Effect.fn.Return<Callback, InteractionError, Scope.Scope> {
  const { host, path } = place
  let waiting: Waiting | undefined
  let port = place.port

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    // A page that had its own name point here could read the answer otherwise.
    if (request.headers.host !== `${host}:${port}`)
      return page(response, 403, "This is not the right address.")
    const url = URL.parse(request.url ?? "", `http://${host}:${port}`)
    if (url?.pathname !== path) return page(response, 404, "There is nothing here.")
    if (request.method !== "GET") return page(response, 405, "There is nothing to send here.")
    const found = waiting
    const states = url.searchParams.getAll("state")
    if (
      found === undefined ||
      states.length !== 1 ||
      !Secrets.same(Redacted.value(found.state), states[0]!)
    ) {
      return page(response, 400, "Nobody is waiting for this. You can close this page.")
    }
    waiting = undefined
    // Not before the browser has its page: nobody is here any more when the answer has been taken.
    response.once("close", () => found.take(url.searchParams))
    return page(response, 200, "That is all. You can close this page and go back to your application.")
  }

  port = yield* bind(answer, host === "[::1]" ? "::1" : "127.0.0.1", port)
  // Browsers try both; whoever had the other one would get the answer.
  if (host === "localhost") yield* Effect.catchIf(bind(answer, "::1", port), hasNoIpv6, () => Effect.void)

  return {
    redirectUri: `http://${host}:${port}${path}`,
    wait: (state) =>
      Effect.callback((resume) => {
        waiting = { state, take: (found) => resume(Effect.succeed(found)) }
        return Effect.sync(() => {
          waiting = undefined
        })
      })
  }
})

/** The port that is listened on. */
const bind = (answer: Answer, address: string, port: number) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<Server, InteractionError>((resume) => {
        const server = createServer({ maxHeaderSize: 16 * 1024 }, answer)
        server.once("error", (cause) =>
          resume(
            Effect.fail(
              new InteractionError({ message: `${address} port ${port} cannot be listened on`, cause })
            )
          )
        )
        server.listen(port, address, () => resume(Effect.succeed(server)))
      }),
      stop
    ),
    (server) => (server.address() as AddressInfo).port
  )

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const stop = (server: Server) =>
  Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })

const hasNoIpv6 = ({ cause }: InteractionError) =>
  ["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes((cause as NodeJS.ErrnoException).code ?? "")

const title = "Sign-in"

/** A page that has nothing of what it was asked with in it. */
const page = (response: ServerResponse, status: number, text: string) => {
  const nonce = randomBytes(16).toString("base64url")
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `${Page.policy(nonce)}; form-action 'none'`,
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    connection: "close"
  })
  response.end(Page.render({ title, nonce, body: `<h1>${title}</h1>\n<p>${text}</p>` }))
}
