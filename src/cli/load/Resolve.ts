/**
 * From the exports of a file to something that can be served: a server, or a Layer that serves by itself. The export may
 * also be a function, an Effect or a promise giving one. What servers need is taken from the export `services`, a
 * Layer.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import * as Scope from "effect/Scope"
import type { Server } from "../../server/Server.ts"
import * as StdioGuard from "../../transport/StdioGuard.ts"
import * as Failure from "../Failure.ts"
import type { Exports } from "./Exports.ts"
import * as Kind from "./Kind.ts"
import * as Pick from "./Pick.ts"
import type { Reference } from "./Reference.ts"

export type Loaded =
  | {
      readonly _tag: "Server"
      readonly server: Server
      /** What its handlers find in their context besides what requests bring. */
      readonly services: Context.Context<never>
    }
  /** Serves for as long as this runs. */
  | { readonly _tag: "Layer"; readonly serve: Effect.Effect<void, Failure.Failure> }
  /** The file serves the standard streams of this process by itself. */
  | { readonly _tag: "Started" }

/** Finds the server among the exports of a file. What it needs lives as long as the scope. */
export const resolve = Effect.fnUntraced(function* (exports: Exports, reference: Reference) {
  if (StdioGuard.isServing()) return started
  const value = yield* Pick.pick(exports, reference)
  const { file } = reference
  const services = yield* servicesOf(exports, file)
  return yield* follow(value, { file, services, steps: 0 })
})

const started: Loaded = { _tag: "Started" }

const servicesOf = Effect.fnUntraced(function* (
  exports: Exports,
  file: string
): Effect.fn.Return<Context.Context<never>, Failure.Failure, Scope.Scope> {
  const layer = exports.get("services")
  if (layer === undefined) return Context.empty()
  if (!Kind.isLayer(layer))
    return yield* Failure.usage(
      `services of ${file} is ${Kind.describe(layer)}, not a Layer`,
      "It is what the server needs: export const services = Database.layer"
    )
  return yield* explained(Layer.build(layer), `The services of ${file}`)
})

interface Origin {
  readonly file: string
  readonly services: Context.Context<never>
  readonly steps: number
}

/** A function that gives a function that gives an Effect is followed so far and no further. */
const furthest = 8

const follow = (value: unknown, from: Origin): Effect.Effect<Loaded, Failure.Failure, Scope.Scope> => {
  const { file, services, steps } = from
  if (Kind.isServer(value)) return Effect.succeed({ _tag: "Server", server: value, services })
  if (Kind.isLayer(value)) return Effect.succeed({ _tag: "Layer", serve: launch(value, from) })
  const step = steps < furthest ? unwrap(value) : undefined
  return step === undefined
    ? Effect.fail(Pick.wrongKind(file, "What comes out", value))
    : Effect.flatMap(explained(Effect.provideContext(step, services), `The export of ${file}`), (inner) =>
        follow(inner, { ...from, steps: steps + 1 })
      )
}

const unwrap = (value: unknown): Kind.AnyEffect | undefined => {
  if (Kind.isFunction(value)) return Effect.sync(() => value())
  if (value instanceof Promise) return Effect.promise(() => value)
  return Kind.isEffect(value) ? value : undefined
}

/** A layer that serves ends itself with an error that is none when its peer is done. */
const launch = (layer: Kind.AnyLayer, { file, services }: Origin) =>
  Effect.provideContext(Layer.launch(layer), services).pipe(
    Effect.catchCauseIf(
      (cause) => Runtime.getErrorExitCode(Cause.squash(cause)) === 0,
      () => Effect.void
    ),
    (launched) => Effect.asVoid(explained(launched, `The Layer of ${file}`))
  )

/** What goes wrong in somebody else's code, in one sentence for them. */
const explained = <A, E, R>(effect: Effect.Effect<A, E, R>, what: string) =>
  Effect.catchCause(effect, (cause) =>
    Cause.hasInterruptsOnly(cause) ? Effect.interrupt : Effect.fail(explain(Cause.squash(cause), what))
  )

const explain = (error: unknown, what: string): Failure.Failure => {
  const message = error instanceof Error ? error.message : String(error)
  const service = /^Service not found: (.+)/.exec(message)?.[1]
  if (service !== undefined)
    return Failure.usage(
      `${what} needs ${service}, which nobody provides`,
      "Provide its Layer where it is needed, or export it: export const services = ..."
    )
  const name = error instanceof Error && error.name !== "Error" ? `${error.name}: ` : ""
  return Failure.usage(`${what} failed: ${name}${message}`)
}
