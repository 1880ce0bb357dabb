/** How a line of the shell may go on, as far as the server tells. */
import * as Effect from "effect/Effect"
import * as Completing from "../client/Completing.ts"
import type { Session } from "../client/Session.ts"
import { record } from "../hosts/Format.ts"
import type { Completion } from "../LineEditor.ts"
import { names } from "./Commands.ts"
import { split } from "./Split.ts"

/** Completes the last word of a line. What the server refuses to tell is not suggested. */
export const complete = Effect.fnUntraced(function* (
  session: Session,
  line: string
): Effect.fn.Return<Completion> {
  const words = split(line)
  const fresh = line === "" || /\s$/.test(line)
  const before = fresh ? words : words.slice(0, -1)
  const typed = fresh ? "" : (words.at(-1) ?? "")
  const candidates = yield* Effect.orElseSucceed(suggest(session, before, typed), () => [])
  return {
    typed,
    words: candidates
      .filter((word) => word.startsWith(typed))
      .map((word) => (word.endsWith("=") ? word : `${word} `))
  }
})

const suggest = Effect.fnUntraced(function* (session: Session, before: ReadonlyArray<string>, typed: string) {
  const { client } = session
  const [command, subject, ...settled] = before
  if (command === undefined) return names
  if (subject === undefined) return yield* subjects(session, command)
  if (command === "call") {
    const tool = (yield* client.tools).find(({ name }) => name === subject)
    return ofProperty(record(record(tool?.inputSchema)["properties"]), typed)
  }
  if (command !== "prompt" && command !== "complete") return []
  const at = typed.indexOf("=")
  if (at > 0) {
    const { values } = yield* Completing.suggestions(session, subject, typed, settled)
    return values.map((value) => `${typed.slice(0, at)}=${quoted(value)}`)
  }
  const prompt = (yield* client.prompts).find(({ name }) => name === subject)
  return (prompt?.arguments ?? []).map(({ name }) => `${name}=`)
})

const subjects = Effect.fnUntraced(function* ({ client }: Session, command: string) {
  switch (command) {
    case "call":
      return (yield* client.tools).map(({ name }) => name)
    case "prompt":
      return (yield* client.prompts).map(({ name }) => name)
    case "read":
      return (yield* client.resources).map(({ uri }) => uri)
    case "complete":
      return [
        ...(yield* client.prompts).map(({ name }) => name),
        ...(yield* client.resourceTemplates).map(({ uriTemplate }) => uriTemplate)
      ]
    case "list":
      return ["tools", "resources", "templates", "prompts"]
    default:
      return []
  }
})

/** `name=`, and then the values a schema lists. */
const ofProperty = (
  properties: { readonly [name: string]: unknown },
  typed: string
): ReadonlyArray<string> => {
  const name = /^([^=]+)=/.exec(typed)?.[1]
  if (name === undefined) return Object.keys(properties).map((each) => `${each}=`)
  const { enum: choices, type } = record(properties[name])
  if (Array.isArray(choices)) return choices.map((value) => `${name}=${quoted(String(value))}`)
  return type === "boolean" ? [`${name}=true`, `${name}=false`] : []
}

const quoted = (value: string) => (/[\s"'{]/.test(value) ? JSON.stringify(value) : value)
