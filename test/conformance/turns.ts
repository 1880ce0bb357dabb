/**
 * The suite starts every client at once. Here they take turns, so that what is tested is the client and not how many
 * fit on a machine.
 */
import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"

const atATime = 2

/** Gives turns, each until whoever has it hangs up. Succeeds with the port to ask at. */
export const give = async () => {
  const waiting: Array<Socket> = []
  let going = 0
  const next = () => {
    while (going < atATime) {
      const socket = waiting.shift()
      if (socket === undefined) return
      going++
      socket.once("close", () => {
        going--
        next()
      })
      socket.write("go")
    }
  }
  const server = createServer((socket) => {
    socket.on("error", () => {})
    waiting.push(socket)
    next()
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  return { port: (server.address() as AddressInfo).port, stop: () => void server.close() }
}

/** Waits for a turn, and has it until the process ends. */
export const take = async (port: number): Promise<void> => {
  const socket = connect(port, "127.0.0.1")
  await once(socket, "data")
  socket.unref()
}
