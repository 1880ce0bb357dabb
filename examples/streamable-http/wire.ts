/** A connection that breaks when it is told to. */
import * as Effect from "effect/Effect"
import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"

/** Leads to a port of this machine, until the scope closes. */
export const lay = (port: number) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const sockets = new Set<Socket>()
      const server = createServer((near) => {
        const far = connect(port, "127.0.0.1")
        for (const socket of [near, far]) {
          sockets.add(socket)
          socket.on("error", () => {})
          socket.on("close", () => sockets.delete(socket))
        }
        near.pipe(far).pipe(near)
      })
      await once(server.listen(0, "127.0.0.1"), "listening")
      const cut = () => {
        for (const socket of sockets) socket.resetAndDestroy()
      }
      return { cut, server, port: (server.address() as AddressInfo).port }
    }),
    ({ cut, server }) =>
      Effect.sync(() => {
        cut()
        server.close()
      })
  )
