/** Everything we would send at a revision is valid by that revision's own JSON Schema. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Errors from "../../src/protocol/Errors.ts"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as Methods from "../../src/protocol/Methods.ts"
import type { Revision } from "../../src/protocol/Revision.ts"
import * as Revisions from "../../src/protocol/Revisions.ts"
import * as Stateful from "../../src/protocol/Stateful.ts"
import * as spec from "../spec.ts"
import { accept, judge, resultNames } from "./judge.ts"

const samples = 60

/** Values of a schema as they look on the wire: what JSON cannot carry is gone. */
const wire = (schema: Schema.Constraint, seed: string) =>
  Effect.map(Arbitrary.sampleEffect(Arbitrary.schema(schema), { count: samples, seed }), (values) =>
    values.map((value) => JSON.parse(JSON.stringify(value), settings) as JsonRpc.Params)
  )

/** The official schemas, being generated, know neither null nor fractions among settings and answers. */
const settings = (key: string, value: unknown): unknown =>
  [
    "io.modelcontextprotocol/clientCapabilities",
    "capabilities",
    "requiredCapabilities",
    "metadata",
    "content"
  ].includes(key)
    ? plain(value)
    : value

const plain = (value: unknown): unknown => {
  if (value === null) return ""
  if (typeof value === "number") return 1
  if (Array.isArray(value)) return value.map(plain)
  return typeof value === "object"
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
    : value
}

const request = (method: string, params: JsonRpc.Params) => ({ jsonrpc: "2.0", id: 1, method, params })
const notification = (method: string, params: JsonRpc.Params) => ({ jsonrpc: "2.0", method, params })

/** URL questions are never put to a client of a revision without them, so they are not sent there. */
const expressible = (revision: Revision, method: string, params: JsonRpc.Params) =>
  !(method === "elicitation/create" && params["mode"] === "url" && revision.version < "2025-11-25")

/** A session gives URL questions the id that 2025-11-25 demands. */
const completed = (revision: Revision, params: JsonRpc.Params) =>
  params["mode"] === "url" && revision.era === "stateful" ? { ...params, elicitationId: "e1" } : params

describe.skipIf(!spec.present)("S172, CONF-14: what is sent validates against the official schema", () => {
  for (const revision of Revisions.all) {
    const official = spec.present ? judge(revision.version) : undefined
    const { down, version } = revision
    const check = (name: string, what: Effect.Effect<void, unknown>) =>
      it.effect(`${version}: ${name}`, () => what)

    for (const [method, { params, result }] of Object.entries({
      ...Methods.fromClient,
      ...Methods.fromClientStateful
    })) {
      if (!revision.fromClient.requests.has(method)) continue
      check(
        `${method} request`,
        Effect.map(wire(params, version + method), (values) => {
          for (const value of values) {
            accept(
              official?.ofMethod(method),
              `${method} request`,
              request(method, down.params(method, value))
            )
          }
        })
      )
      check(
        `${method} result`,
        Effect.map(wire(result, version + method), (values) => {
          for (const value of values) {
            accept(
              official?.definition(resultNames[method]!),
              resultNames[method]!,
              down.result(method, value)
            )
          }
        })
      )
    }

    for (const [method, { params, result }] of Object.entries(Methods.questions)) {
      if (revision.era === "stateful" && !revision.fromServer.requests.has(method)) continue
      check(
        `${method} question`,
        Effect.map(wire(params, version + method), (values) => {
          for (const value of values.filter((value) => expressible(revision, method, value))) {
            accept(
              official?.ofMethod(method),
              `${method} question`,
              request(method, completed(revision, down.ask(method, value)))
            )
          }
        })
      )
      check(
        `${method} answer`,
        Effect.map(wire(result, version + method), (values) => {
          for (const value of values) {
            accept(
              official?.definition(resultNames[method]!),
              resultNames[method]!,
              down.answer(method, value)
            )
          }
        })
      )
    }

    for (const [method, params] of Object.entries(Methods.notifications)) {
      if (!revision.fromClient.notifications.has(method) && !revision.fromServer.notifications.has(method))
        continue
      check(
        `${method}`,
        Effect.map(wire(params, version + method), (values) => {
          for (const value of values) {
            const moved = down.notification(method, value)
            if (moved !== undefined) accept(official?.ofMethod(method), method, notification(method, moved))
          }
        })
      )
    }
  }
})

describe.skipIf(!spec.present)("errors with data of a defined shape", () => {
  for (const [version, name, ours] of [
    ["2026-07-28", "HeaderMismatchError", Errors.HeaderMismatchError],
    ["2026-07-28", "MissingRequiredClientCapabilityError", Errors.MissingRequiredClientCapabilityError],
    ["2026-07-28", "UnsupportedProtocolVersionError", Errors.UnsupportedProtocolVersionError],
    ["2025-11-25", "URLElicitationRequiredError", Stateful.UrlElicitationRequiredError]
  ] as const) {
    it.effect(`${version}: ${name}`, () =>
      Effect.map(wire(ours, name), (values) => {
        for (const error of values) {
          accept(judge(version).definition(name), name, { jsonrpc: "2.0", id: 1, error })
        }
      })
    )
  }
})

describe.skipIf(!spec.present)("every word of every revision is in a table", () => {
  for (const revision of Revisions.all) {
    it(`${revision.version}: the vocabularies are those of the official schema`, () => {
      const file = spec.schema(revision.version)
      const official = Object.values(file["$defs"] ?? file["definitions"]!)
        .flatMap(({ properties }) => properties?.method?.const ?? [])
        .toSorted()
      const asked = Object.keys(Methods.questions)
      const ours = new Set([
        ...revision.fromClient.requests,
        ...revision.fromServer.requests,
        ...revision.fromClient.notifications,
        ...revision.fromServer.notifications,
        ...(revision.era === "stateless" ? asked : [])
      ])
      assert.deepStrictEqual([...ours].toSorted(), [...new Set(official)].toSorted())
    })
  }
})
