/**
 * The one HTTP client for URLs that came from outside. A server that names a URL chooses what this process connects
 * to: a cloud's metadata service, a router, a database on this machine. So every hop is checked before it is made, the
 * address that is connected to is the one that was checked, and redirects stay where they started.
 *
 * @see https://modelcontextprotocol.io/docs/tutorials/security/security_best_practices#server-side-request-forgery-ssrf
 */
import * as ByteSize from "effect/ByteSize"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import type * as IpNetwork from "effect/net/IpNetwork"
import type * as NetAddress from "effect/net/NetAddress"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as AddressClass from "./client/AddressClass.ts"

export interface Request {
  readonly method: "GET" | "POST"
  readonly url: string
  readonly headers?: { readonly [name: string]: string }
  /** Forms carry secrets. */
  readonly body?: Redacted.Redacted
  /**
   * A URL the application chose itself, in whose name this request is made. Its origin may be reached wherever it is;
   * if it is on this machine, so may be everything it leads to. Without it only public addresses are reached.
   */
  readonly near?: string | undefined
}

export interface Answer {
  /** Where the answer came from: the URL of the last redirect. */
  readonly url: string
  readonly status: number
  /** A header by its lower-case name. */
  readonly header: (name: string) => string | undefined
  readonly body: string
}

/**
 * Why there is no answer. `refused`: the guard did not let it happen. `failed`: the network or the peer did; trying
 * again may help.
 */
export class GuardedHttpError extends Schema.TaggedError<GuardedHttpError>()("GuardedHttpError", {
  kind: Schema.Literals(["refused", "failed"]),
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Unknown)
}) {}

export interface Options {
  /** Networks that may be reached although they are not public, in CIDR notation: `["10.20.0.0/16"]`. */
  readonly networks?: ReadonlyArray<string>
  /** Hosts that may be spoken to in clear text although they are not this machine. For tests. */
  readonly clearTextHosts?: ReadonlyArray<string>
  /** Largest body that is read, in bytes. Default: 256 KiB. */
  readonly maxBytes?: number
  /** The longest a request may take, redirects included. Default: 20 seconds. */
  readonly timeout?: Duration.Input
}

export class GuardedHttp extends Context.Service<
  GuardedHttp,
  {
    readonly send: (request: Request) => Effect.Effect<Answer, GuardedHttpError>
    /**
     * Checks a URL without going there, for those that are given to somebody else: a browser, a user. What its name
     * resolves to is not looked at.
     */
    readonly check: (url: string, near?: string) => Effect.Effect<URL, GuardedHttpError>
  }
>()("mcp-effect/auth/GuardedHttp") {}

/** One request on its way to one host. A `Dial` makes it, to no address but those that `permits` accepts. */
export interface Hop {
  readonly method: Request["method"]
  readonly url: URL
  readonly headers: { readonly [name: string]: string }
  readonly body: Redacted.Redacted | undefined
  readonly maxBytes: number
  readonly permits: (address: NetAddress.IpAddress) => boolean
}

/** Makes one request and follows nothing. */
export type Dial = (hop: Hop) => Effect.Effect<Omit<Answer, "url">, GuardedHttpError>

const maxUrlLength = 8 * 1024
const maxRedirects = 3

/** The guard over a way to make requests. */
export const make = (
  dial: Dial,
  options: Omit<Options, "networks"> & { readonly networks?: ReadonlyArray<IpNetwork.IpNetwork> } = {}
): GuardedHttp["Service"] => {
  const { clearTextHosts = [], maxBytes = 256 * 1024, networks = [], timeout = "20 seconds" } = options

  const check = (text: string, near?: string) => {
    const url = parse(text)
    const problem = url === undefined ? "is not a URL" : offence(url, parse(near ?? ""), clearTextHosts)
    return url === undefined || problem !== undefined
      ? Effect.fail(refused(text, problem ?? "is not a URL"))
      : Effect.succeed(url)
  }

  const permits = (url: URL, near: URL | undefined) => (address: NetAddress.IpAddress) => {
    const kind = AddressClass.of(address)
    if (url.protocol === "http:" && !clearTextHosts.includes(url.hostname)) return kind === "loopback"
    return (
      kind === "public" ||
      url.origin === near?.origin ||
      (kind === "loopback" && near !== undefined && AddressClass.isLoopbackHost(near.hostname)) ||
      AddressClass.within(address, networks)
    )
  }

  const follow = (request: Request, text: string, hops: number): Effect.Effect<Answer, GuardedHttpError> =>
    Effect.flatMap(check(text, request.near), (url) =>
      Effect.flatMap(
        dial({
          method: request.method,
          url,
          headers: request.headers ?? {},
          body: request.body,
          maxBytes,
          permits: permits(url, parse(request.near ?? ""))
        }),
        (answer) => {
          if (answer.status < 300 || answer.status > 399) return Effect.succeed({ ...answer, url: url.href })
          const target = parse(answer.header("location") ?? "", url)
          if (request.method !== "GET") return Effect.fail(refused(text, "answered a POST with a redirect"))
          if (target === undefined || target.origin !== url.origin)
            return Effect.fail(refused(text, "redirects to another origin"))
          return hops < maxRedirects
            ? follow(request, target.href, hops + 1)
            : Effect.fail(refused(request.url, `redirects more than ${maxRedirects} times`))
        }
      )
    )

  return GuardedHttp.of({
    check,
    send: (request) =>
      Effect.timeoutOrElse(follow(request, request.url, 0), {
        duration: timeout,
        orElse: () => Effect.fail(failed(request.url, "did not answer in time"))
      })
  })
}

const parse = (text: string, base?: URL): URL | undefined => URL.parse(text, base) ?? undefined

/** What is wrong with a URL, whatever it resolves to. */
const offence = (
  url: URL,
  near: URL | undefined,
  clearTextHosts: ReadonlyArray<string>
): string | undefined => {
  if (url.href.length > maxUrlLength) return `is longer than ${maxUrlLength} characters`
  if (url.protocol !== "https:" && url.protocol !== "http:") return "is neither https nor http"
  if (url.username !== "" || url.password !== "") return "carries a user name or password"
  if (url.hash !== "") return "has a fragment"
  if (url.protocol === "https:" || clearTextHosts.includes(url.hostname)) return undefined
  if (!AddressClass.isLoopbackHost(url.hostname)) return "is http, and not on this machine"
  return near !== undefined && AddressClass.isLoopbackHost(near.hostname)
    ? undefined
    : "is on this machine, and was named by somebody who is not"
}

/** A URL for messages: its query may hold what is nobody's business. */
const shown = (text: string): string => {
  const url = parse(text)
  return url === undefined ? "A URL" : `${url.origin}${url.pathname}`.slice(0, 300)
}

export const refused = (url: string, why: string): GuardedHttpError =>
  new GuardedHttpError({ kind: "refused", message: `${shown(url)} ${why}` })

export const failed = (url: string, why: string, cause?: unknown): GuardedHttpError =>
  new GuardedHttpError({
    kind: "failed",
    message: `${shown(url)} ${why}`,
    ...(cause !== undefined && { cause })
  })

/**
 * The guard over any `HttpClient`, for platforms that do not let us choose the address, and for programs whose
 * requests all leave through a proxy that guards them. On Node, `NodeGuardedHttp.layer` also checks what a name
 * resolves to.
 *
 * **Gotchas**
 *
 * The client must not follow redirects itself. Effect's fetch client is told not to.
 */
export const layerHttpClient = (
  options: Omit<Options, "networks"> = {}
): Layer.Layer<GuardedHttp, never, HttpClient.HttpClient> =>
  Layer.effect(
    GuardedHttp,
    Effect.map(HttpClient.HttpClient, (client) => make(through(client), options))
  )

const through =
  (client: HttpClient.HttpClient): Dial =>
  ({ body, headers, maxBytes, method, permits, url }) => {
    const address = AddressClass.literal(url.hostname)
    if (address !== undefined && !permits(address)) return Effect.fail(unreachable(url))
    const plain = HttpClientRequest.make(method)(url, { headers })
    const request =
      body === undefined
        ? plain
        : HttpClientRequest.bodyText(plain, Redacted.value(body), headers["content-type"])
    return client.execute(request).pipe(
      // The error holds the request, and with it the form.
      Effect.mapError(({ reason }) => failed(url.href, "could not be reached", reason.cause)),
      Effect.flatMap(({ headers, status, stream }) =>
        Effect.map(read(stream, maxBytes, url), (text) => ({
          status,
          header: (name: string) => headers[name],
          body: text
        }))
      ),
      Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" })
    )
  }

export const unreachable = (url: URL) => refused(url.href, "leads to an address that is not public")

export const tooLarge = (url: URL, maxBytes: number) => refused(url.href, `sent more than ${maxBytes} bytes`)

const read = <E>(stream: Stream.Stream<Uint8Array, E>, maxBytes: number, url: URL) =>
  stream.pipe(
    Stream.mapError(() => failed(url.href, "broke off")),
    Stream.limitBytes(ByteSize.bytes(maxBytes), () => Stream.fail(tooLarge(url, maxBytes))),
    Stream.decodeText(),
    Stream.mkString
  )
