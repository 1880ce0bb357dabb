/** Prints changes until the server ends the subscription, or somebody has heard enough. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type * as Client from "../../client/Client.ts"
import * as Connect from "../target/Connect.ts"
import { printable } from "../terminal/Style.ts"
import * as Session from "./Session.ts"

export interface Input extends Session.Flags {
  readonly target: Option.Option<string>
  readonly resource: ReadonlyArray<string>
  readonly count: Option.Option<number>
}

export const listen = Effect.fnUntraced(function* ({ count, resource, target, ...flags }: Input) {
  const session = yield* Session.open(Option.getOrUndefined(target), flags)
  yield* run(session, resource, Option.getOrUndefined(count), flags.json)
}, Effect.scoped)

export const run = (
  { client, screen }: Session.Session,
  resources: ReadonlyArray<string>,
  count: number | undefined,
  json: boolean
) => {
  const filter: Client.Filter = {
    toolsListChanged: true,
    promptsListChanged: true,
    resourcesListChanged: true,
    ...(resources.length > 0 && { resourceSubscriptions: resources })
  }
  const changes = client.listen(filter, {
    onAcknowledged: (agreed) =>
      screen.say(
        screen.style.dim(`listening for ${words(agreed) || "nothing: the server tells about no changes"}`)
      )
  })
  const wanted = count === undefined ? changes : Stream.take(changes, count)
  return Stream.runForEach(wanted, (notice) =>
    Console.log(json ? JSON.stringify(notice) : line(notice))
  ).pipe(Effect.mapError(Connect.failure))
}

const words = ({
  promptsListChanged,
  resourceSubscriptions = [],
  resourcesListChanged,
  toolsListChanged
}: Client.Filter) =>
  [
    ...(toolsListChanged === true ? ["tools"] : []),
    ...(resourcesListChanged === true ? ["resources"] : []),
    ...(promptsListChanged === true ? ["prompts"] : []),
    ...resourceSubscriptions
  ].join(", ")

const line = ({ method, params }: Client.Notice): string => {
  const list = /^notifications\/(\w+)\/list_changed$/.exec(method)?.[1]
  if (list !== undefined) return `${list} changed`
  return printable(`${String(params["uri"])} updated`)
}
