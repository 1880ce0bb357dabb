/** A way over TCP that a test can cut. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { once } from "node:events"
import { type AddressInfo, connect as dial, createServer, type Socket } from "node:net"

export interface Proxy {
  readonly port: number
  /** Resets every connection. */
  readonly cut: () => void
  /** From now on leads to another port, as after a deployment. */
  readonly turn: (port: number) => void
}

/** Passes bytes on to a port, until it is told to cut every connection. */
export const proxy = (first: number): Effect.Effect<Proxy, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      let port = first
      const sockets = new Set<Socket>()
      const server = createServer((near) => {
        const far = dial(port, "127.0.0.1")
        for (const socket of [near, far]) {
          sockets.add(socket)
          socket.on("error", () => {})
          socket.on("close", () => sockets.delete(socket))
        }
        near.pipe(far).pipe(near)
      }).listen(0, "127.0.0.1")
      await once(server, "listening")
      const cut = () => {
        for (const socket of sockets) socket.resetAndDestroy()
      }
      const turn = (other: number) => {
        port = other
        cut()
      }
      return { server, cut, turn, port: (server.address() as AddressInfo).port }
    }),
    ({ cut, server }) =>
      Effect.sync(() => {
        cut()
        server.close()
      })
  )
