/** Connects a client to a scripted peer, with a memory of eras of its own. */
import * as Effect from "effect/Effect"
import * as Client from "../../src/client/Client.ts"
import * as Eras from "../../src/client/Eras.ts"
import type { Peer } from "./peer.ts"

export const connect = (peer: Peer, options: Partial<Client.Options> = {}) =>
  Client.connect(peer.transport, { name: "test", version: "1.0.0", ...options }).pipe(
    Effect.provideService(Eras.Eras, Eras.make())
  )
