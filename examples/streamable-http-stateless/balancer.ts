/** Sends each request to the next of several ports. */
import { once } from "node:events"
import { createServer, request } from "node:http"
import type { AddressInfo } from "node:net"

export const balance = async (ports: ReadonlyArray<number>) => {
  let turn = 0
  const server = createServer((incoming, outgoing) => {
    const { headers, method, url } = incoming
    const port = ports[turn++ % ports.length]
    const onward = request({ host: "127.0.0.1", port, method, path: url, headers }, (answer) =>
      answer.pipe(outgoing.writeHead(answer.statusCode!, answer.headers))
    )
    onward.on("error", () => outgoing.destroy())
    outgoing.on("close", () => onward.destroy())
    incoming.pipe(onward)
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  return { port: (server.address() as AddressInfo).port, server }
}
