/** Connects a client to an HTTP peer, with a memory of eras of its own. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Client from "../../src/client/Client.ts"
import * as Eras from "../../src/client/Eras.ts"
import * as StreamableClient from "../../src/transport/StreamableClient.ts"
import * as Peer from "./httpPeer.ts"

export interface Options extends Partial<StreamableClient.StreamableClientOptions> {
  readonly client?: Partial<Client.Options>
  readonly eras?: Eras.Memory
}

export const connect = (url: string, { client, eras = Eras.make(), ...options }: Options = {}) =>
  Client.connect(StreamableClient.layer({ url, ...options }).pipe(Layer.provide(Peer.client)), {
    name: "test",
    version: "1.0.0",
    ...client
  }).pipe(Effect.provideService(Eras.Eras, eras))

/** A result of the stateless era. */
export const complete = (result: object = {}) => ({ resultType: "complete", ...result })

export const text = (said: string) => ({ content: [{ type: "text" as const, text: said }] })
