/**
 * Which part of the network an address belongs to. Parsing and prefix arithmetic are Effect's; the ranges are the
 * special-purpose registries of IANA (RFC 6890).
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"
import * as Result from "effect/Result"

/** `special`: neither public nor loopback, that is private, link-local, shared, reserved, multicast. */
export type AddressClass = "public" | "loopback" | "special"

const networks = (...texts: ReadonlyArray<string>) => texts.map(IpNetwork.fromStringUnsafe)

const special4 = networks(
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3"
)

/** Public addresses of IPv6 are in here, */
const global6 = networks("2000::/3")

/** but not in here: protocol assignments with Teredo, documentation, 6to4. */
const special6 = networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")

const nat64 = networks("64:ff9b::/96")

export const within = (address: NetAddress.IpAddress, ranges: ReadonlyArray<IpNetwork.IpNetwork>): boolean =>
  ranges.some((range) => IpNetwork.contains(range, address))

/** Classifies an address; one that carries an IPv4 address is as public as that is. */
export const of = (address: NetAddress.IpAddress): AddressClass => {
  const real = embedded(NetAddress.toCanonical(address))
  if (NetAddress.isLoopback(real)) return "loopback"
  const open = NetAddress.isIpv4Address(real)
    ? !within(real, special4)
    : within(real, global6) && !within(real, special6)
  return open ? "public" : "special"
}

/** Networks that speak only IPv6 reach the public IPv4 addresses through this prefix. */
const embedded = (address: NetAddress.IpAddress): NetAddress.IpAddress =>
  NetAddress.isIpv6Address(address) && within(address, nat64)
    ? NetAddress.ipv4FromBytesUnsafe(Uint8Array.from(NetAddress.ipv6ToOctets(address).slice(-4)))
    : address

/** The address a host of a URL spells out; `undefined` for a name. URL parsers have undone hex and octal already. */
export const literal = (hostname: string): NetAddress.IpAddress | undefined =>
  Result.getOrUndefined(NetAddress.ipFromString(hostname.replace(/^\[|\]$/g, "")))

/** Whether a host of a URL can only mean this machine. */
export const isLoopbackHost = (hostname: string): boolean => {
  const address = literal(hostname)
  return address === undefined ? /^(?:[^.]+\.)*localhost\.?$/.test(hostname) : of(address) === "loopback"
}
