/** Takes a server out of the configuration of a host. */
import * as Effect from "effect/Effect"
import * as Host from "../hosts/Host.ts"
import * as Servers from "../hosts/Servers.ts"
import * as Apply from "./Apply.ts"
import { chosen } from "./Chosen.ts"

export interface Input {
  readonly words: ReadonlyArray<string>
  readonly configPath: string | undefined
  readonly project: boolean
  readonly dryRun: boolean
}

export const uninstall = Effect.fnUntraced(function* (input: Input) {
  const { id, rest: name } = yield* chosen({ command: "uninstall", what: "NAME", words: input.words })
  const host = Host.find(id)!
  const config = yield* Servers.locate(host, input.configPath, input.project)
  yield* Apply.apply(Servers.remove(host, config, name), input.dryRun, `${host.name} no longer has ${name}`)
})
