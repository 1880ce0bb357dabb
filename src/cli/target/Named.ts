/** Servers by the names applications know them by. */
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Path from "effect/Path"
import { nearest } from "../../server/Suggest.ts"
import * as Failure from "../Failure.ts"
import { type Fields, record } from "../hosts/Format.ts"
import * as Host from "../hosts/Host.ts"
import * as Servers from "../hosts/Servers.ts"
import { Machine } from "../Machine.ts"
import type { Target } from "./Target.ts"

interface Known {
  readonly host: Host.Host
  readonly name: string
  readonly fields: Fields
}

/**
 * Finds a server by its name, or by `host:name` where several applications use one name differently. Fails with
 * `otherwise` if there is none.
 */
export const find = Effect.fnUntraced(function* (word: string, otherwise?: Failure.Failure) {
  const all = yield* known
  const [id, ...rest] = word.split(":")
  const named = Host.find(id ?? "")
  const found = all.filter(({ host, name }) =>
    named === undefined || rest.length === 0 ? name === word : host === named && name === rest.join(":")
  )
  const [first, ...others] = found
  if (first === undefined) {
    if (otherwise !== undefined) return yield* otherwise
    const meant = nearest(
      word,
      all.map(({ name }) => name)
    )
    return yield* Failure.usage(
      `${word} is neither a file nor a URL, and no application knows a server of this name`,
      meant === undefined ? "mcp hosts lists the names there are" : `Did you mean ${meant}?`
    )
  }
  const different = others.filter(({ fields }) => !Equal.equals(fields, first.fields))
  if (different.length > 0) {
    const names = found.map(({ host, name }) => `${host.id}:${name}`)
    return yield* Failure.usage(`${word} means different servers`, `Name one of them: ${names.join(", ")}`)
  }
  return yield* target(first)
})

/** The servers of every application of this user, and of the project in the working directory. */
const known = Effect.gen(function* () {
  const path = yield* Path.Path
  const { cwd } = yield* Machine
  const places = yield* Host.places
  const files = Host.all.flatMap((host) => [
    { host, file: host.file(places) },
    ...(host.project === undefined ? [] : [{ host, file: path.join(cwd, ...host.project) }])
  ])
  const found = yield* Effect.forEach(files, ({ file, host }) =>
    Servers.read(host, file).pipe(
      Effect.map((entries) => [...entries].map(([name, fields]): Known => ({ host, name, fields }))),
      // A file that is broken says nothing about the others.
      Effect.orElseSucceed((): ReadonlyArray<Known> => [])
    )
  )
  return found.flat()
})

const target = ({ fields, host, name }: Known): Effect.Effect<Target, Failure.Failure> => {
  const { args, command, cwd } = fields
  if (typeof command === "string") {
    return Effect.succeed({
      _tag: "Command",
      title: name,
      command,
      args: Array.isArray(args) ? args.map(String) : [],
      env: strings(fields["env"]),
      ...(typeof cwd === "string" && { cwd })
    })
  }
  const url = [fields["url"], fields["serverUrl"], fields["httpUrl"]].find(
    (value) => typeof value === "string"
  )
  return url === undefined
    ? Effect.fail(Failure.usage(`${host.name} does not say how to reach ${name}`))
    : Effect.succeed({
        _tag: "Url",
        title: name,
        url,
        headers: { ...strings(fields["headers"]), ...strings(fields["http_headers"]) }
      })
}

const strings = (value: unknown) =>
  Object.fromEntries(Object.entries(record(value)).map(([name, each]) => [name, String(each)]))
