/** Flags that say where to listen mean nothing on stdio: whoever gives one wants HTTP, and should not wait for it. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Failure from "../Failure.ts"
import type { Input } from "./Http.ts"

/** Fails at the first of them that was given. */
export const none = ({
  host,
  hosts,
  json,
  path,
  port,
  stateless
}: Input): Effect.Effect<void, Failure.Failure> => {
  const given = {
    host: Option.isSome(host),
    port: Option.isSome(port),
    path: Option.isSome(path),
    hosts: hosts.length > 0,
    stateless,
    json
  }
  const first = Object.entries(given).find(([, is]) => is)?.[0]
  return first === undefined
    ? Effect.void
    : Effect.fail(Failure.usage(`--${first} is for HTTP, and this serves stdio`, "Over HTTP: -t http"))
}
