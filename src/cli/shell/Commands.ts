/** The commands of the shell: those of the command line, without the target. */
import * as Effect from "effect/Effect"
import * as Arguments from "../client/Arguments.ts"
import * as Calling from "../client/Calling.ts"
import * as Completing from "../client/Completing.ts"
import * as Inspecting from "../client/Inspecting.ts"
import * as Listing from "../client/Listing.ts"
import * as Prompting from "../client/Prompting.ts"
import * as Reading from "../client/Reading.ts"
import type { Session } from "../client/Session.ts"
import * as Failure from "../Failure.ts"
import { nearest } from "../../server/Suggest.ts"
import * as Page from "../show/Page.ts"

/** Each command as it is written, and what it does. */
export const usage: ReadonlyArray<readonly [string, string]> = [
  ["list [KIND]", "list tools, resources, templates, prompts; each of the words alone does it, too"],
  ["call TOOL NAME=VALUE...", "call a tool; the arguments may also be one JSON object"],
  ["read URI", "read a resource"],
  ["prompt NAME NAME=VALUE...", "get the messages of a prompt"],
  ["complete OF NAME=VALUE", "get suggestions for an argument, after it those that are settled"],
  ["save DIR", "write images and sounds there from now on"],
  ["inspect", "show what the server is"],
  ["help", "show this"],
  ["quit", "leave; Ctrl-D does, too"]
]

export const names = [
  "call",
  "complete",
  "help",
  "inspect",
  "list",
  "prompt",
  "prompts",
  "quit",
  "read",
  "resources",
  "save",
  "templates",
  "tools"
]

export interface Settings {
  readonly json: boolean
  save: string | undefined
}

/** Does what a line says. */
export const run = Effect.fnUntraced(function* (
  session: Session,
  [name = "", ...words]: ReadonlyArray<string>,
  settings: Settings
) {
  const { json, save } = settings
  switch (name) {
    case "call": {
      const [tool, ...rest] = words
      if (tool === undefined) return yield* missing("TOOL")
      const given = yield* Arguments.given(rest)
      const pairs = rest.filter((word) => !Arguments.isJson(word))
      return yield* Calling.run(session, { tool, given, pairs, save, json })
    }
    case "read":
      return words[0] === undefined
        ? yield* missing("URI")
        : yield* Reading.run(session, { uri: words[0], save, json })
    case "prompt":
      return words[0] === undefined
        ? yield* missing("NAME")
        : yield* Prompting.run(session, { name: words[0], pairs: words.slice(1), save, json })
    case "complete": {
      const [of, pair, ...settled] = words
      if (of === undefined || pair === undefined) return yield* missing("OF NAME=VALUE")
      return yield* Completing.run(session, { of, pair, settled, json })
    }
    case "inspect":
      return yield* Inspecting.run(session, json)
    case "save":
      settings.save = words[0]
      return undefined
    case "help":
      return yield* Page.print([
        { title: undefined, rows: usage.map(([left, right]) => ({ left, right })), none: "" }
      ])
    case "list":
      return yield* Listing.show(session, Listing.isKind(words[0]) ? words[0] : undefined, json)
    default: {
      if (Listing.isKind(name)) return yield* Listing.show(session, name, json)
      const meant = nearest(name, names)
      return yield* Failure.usage(
        `There is no command ${name}`,
        meant === undefined ? "help lists the commands" : `Did you mean ${meant}?`
      )
    }
  }
})

const missing = (what: string) => Failure.usage(`${what} is missing`, "help shows how commands are written")
