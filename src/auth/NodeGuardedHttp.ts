/**
 * The guarded HTTP client on Node: a name is resolved once, its addresses are checked, and the connection goes to one
 * of those. A name that means something else a moment later does not matter.
 */
import * as NodeDns from "@effect/platform-node/NodeDns"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Dns from "effect/net/Dns"
import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"
import * as Redacted from "effect/Redacted"
import * as Http from "node:http"
import * as Https from "node:https"
import type { LookupFunction } from "node:net"
import * as AddressClass from "./client/AddressClass.ts"
import * as GuardedHttp from "./GuardedHttp.ts"

/**
 * The guard with name resolution of one's own.
 *
 * Dies when a network in `networks` is not one.
 */
export const layerDns = (
  options: GuardedHttp.Options = {}
): Layer.Layer<GuardedHttp.GuardedHttp, never, Dns.Dns> =>
  Layer.effect(
    GuardedHttp.GuardedHttp,
    Effect.map(Dns.Dns, (dns) =>
      GuardedHttp.make(dial(dns), {
        ...options,
        networks: (options.networks ?? []).map(IpNetwork.fromStringUnsafe)
      })
    )
  )

/**
 * The guard over `node:http` and the resolver of the operating system. Proxies of the environment are not used.
 *
 * @example
 * ```ts
 * import * as NodeGuardedHttp from "mcp-effect/NodeGuardedHttp"
 *
 * // Public addresses, and the one network our own authorization server lives in.
 * export const Guard = NodeGuardedHttp.layer({ networks: ["10.20.0.0/16"] })
 * ```
 */
export const layer = (options: GuardedHttp.Options = {}): Layer.Layer<GuardedHttp.GuardedHttp> =>
  Layer.provide(layerDns(options), NodeDns.layer)

const dial =
  (dns: Dns.Dns["Service"]): GuardedHttp.Dial =>
  (hop) =>
    Effect.flatMap(resolve(dns, hop.url), (addresses) => {
      const permitted = addresses.filter(hop.permits)
      return permitted.length === 0 ? Effect.fail(GuardedHttp.unreachable(hop.url)) : request(hop, permitted)
    })

const resolve = (
  dns: Dns.Dns["Service"],
  url: URL
): Effect.Effect<ReadonlyArray<NetAddress.IpAddress>, GuardedHttp.GuardedHttpError> => {
  const address = AddressClass.literal(url.hostname)
  return address === undefined
    ? Effect.mapError(dns.lookup(url.hostname), (cause) =>
        GuardedHttp.failed(url.href, "has a host that does not resolve", cause)
      )
    : Effect.succeed([address])
}

/** Instead of a resolver: the addresses that were checked. */
const pinned =
  (addresses: ReadonlyArray<NetAddress.IpAddress>): LookupFunction =>
  (_hostname, options, callback) => {
    const found = addresses.map((address) => ({
      address: NetAddress.formatIp(address),
      family: NetAddress.isIpv4Address(address) ? 4 : 6
    }))
    if (options.all === true) callback(null, found)
    else callback(null, found[0]!.address, found[0]!.family)
  }

const request = (hop: GuardedHttp.Hop, addresses: ReadonlyArray<NetAddress.IpAddress>) =>
  Effect.callback<Omit<GuardedHttp.Answer, "url">, GuardedHttp.GuardedHttpError>((resume) => {
    const { body, headers, maxBytes, method, url } = hop
    const fail = (why: string) => (cause: Error) =>
      resume(Effect.fail(GuardedHttp.failed(url.href, why, cause)))
    const text = body === undefined ? undefined : Redacted.value(body)
    const outgoing = (url.protocol === "https:" ? Https : Http).request(url, {
      // A connection of its own: a pool would hand out one that was checked for somebody else.
      agent: false,
      lookup: pinned(addresses),
      method,
      headers: { ...headers, ...(text !== undefined && { "content-length": Buffer.byteLength(text) }) }
    })
    outgoing.on("error", fail("could not be reached"))
    outgoing.on("response", (response) => {
      const chunks: Array<Buffer> = []
      let size = 0
      response.on("data", (chunk: Buffer) => {
        size += chunk.length
        if (size <= maxBytes) return chunks.push(chunk)
        resume(Effect.fail(GuardedHttp.tooLarge(url, maxBytes)))
        return outgoing.destroy()
      })
      response.on("error", fail("broke off"))
      response.on("end", () =>
        resume(
          Effect.succeed({
            status: response.statusCode ?? 0,
            header: (name) => header(response.headers[name]),
            body: Buffer.concat(chunks).toString("utf8")
          })
        )
      )
    })
    outgoing.end(text)
    return Effect.sync(() => outgoing.destroy())
  })

const header = (value: string | ReadonlyArray<string> | undefined): string | undefined =>
  typeof value === "string" ? value : value?.join(", ")
