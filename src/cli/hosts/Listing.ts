/** What hosts there are on this machine, and what they know. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Style from "../terminal/Style.ts"
import * as Table from "../terminal/Table.ts"
import * as Host from "./Host.ts"
import * as Servers from "./Servers.ts"

export const list = Effect.fnUntraced(function* ({ json }: { readonly json: boolean }) {
  const places = yield* Host.places
  const found = yield* Effect.forEach(Host.all, (host) =>
    Effect.gen(function* () {
      const file = host.file(places)
      const entries = yield* Effect.result(Servers.read(host, file))
      return {
        id: host.id,
        name: host.name,
        found: yield* Servers.isThere(host),
        file,
        servers: entries._tag === "Success" ? [...entries.success.keys()] : [],
        ...(entries._tag === "Failure" && { problem: entries.failure.message })
      }
    })
  )
  if (json) return yield* Console.log(JSON.stringify({ hosts: found }))
  const style = yield* Style.on("stdout")
  const rows = found.map(({ file, found, id, problem, servers }) => ({
    left: id,
    right: found
      ? `${file}\n${problem ?? (servers.length === 0 ? "no servers" : servers.join(", "))}`
      : "not on this machine"
  }))
  yield* Console.log(Table.render(rows, 1000, style.cyan).join("\n"))
})
