import { assert, describe, it } from "@effect/vitest"
import * as NetAddress from "effect/net/NetAddress"
import * as AddressClass from "../../src/auth/client/AddressClass.ts"

const kinds: ReadonlyArray<readonly [AddressClass.AddressClass, ReadonlyArray<string>]> = [
  ["public", ["8.8.8.8", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808"]],
  ["loopback", ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"]],
  [
    "special",
    [
      "0.0.0.0",
      "10.0.0.1",
      "100.64.0.1",
      "169.254.169.254",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.1.1",
      "198.18.0.1",
      "224.0.0.1",
      "255.255.255.255",
      "::",
      "::ffff:10.0.0.1",
      "::10.0.0.1",
      "64:ff9b::a9fe:a9fe",
      "fc00::1",
      "fd12:3456::1",
      "fe80::1",
      "fec0::1",
      "ff02::1",
      "2001::1",
      "2001:db8::1",
      "2002:7f00:1::",
      "2002:a00:1::"
    ]
  ]
]

describe("addresses", () => {
  for (const [kind, addresses] of kinds) {
    for (const address of addresses) {
      it(`C3: ${address} is ${kind}`, () => {
        assert.strictEqual(AddressClass.of(NetAddress.ipFromStringUnsafe(address)), kind)
      })
    }
  }
})
