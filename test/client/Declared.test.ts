/** What a client says it can do is what it was given handlers for, in the words of each revision. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Client from "../../src/client/Client.ts"
import type * as JsonRpc from "../../src/protocol/JsonRpc.ts"
import * as Meta from "../../src/protocol/Meta.ts"
import * as Revisions from "../../src/protocol/Revisions.ts"
import { connect } from "./connect.ts"
import * as Peer from "./peer.ts"

const accept = () => Effect.succeed(Client.accept())
const sample: Client.SampleHandler = () =>
  Effect.succeed({ role: "assistant", model: "m", content: { type: "text", text: "hi" } })

/** By revision, newest first. */
type Row = readonly [
  string,
  Partial<Client.Options>,
  ...[JsonRpc.Params, JsonRpc.Params, JsonRpc.Params, JsonRpc.Params, JsonRpc.Params]
]
const bare = { elicitation: {} }
const modes = (...names: ReadonlyArray<string>) => ({
  elicitation: Object.fromEntries(names.map((name) => [name, {}]))
})
const model = { sampling: {} }
const live = { roots: { listChanged: true } }
const rows: ReadonlyArray<Row> = [
  ["nothing", {}, {}, {}, {}, {}, {}],
  ["forms", { elicit: accept }, modes("form"), modes("form"), bare, {}, {}],
  ["pages", { elicitUrl: accept }, modes("url"), modes("url"), {}, {}, {}],
  ["both", { elicit: accept, elicitUrl: accept }, modes("form", "url"), modes("form", "url"), bare, {}, {}],
  ["a model", { sample }, model, model, model, model, model],
  [
    "a model that takes tools and contexts",
    { sample: { sample, tools: true, context: true } },
    { sampling: { tools: {}, context: {} } },
    { sampling: { tools: {}, context: {} } },
    model,
    model,
    model
  ],
  ["roots", { roots: [] }, { roots: {} }, live, live, live, live]
]

describe("H7 of the known faults: a client with handlers for", () => {
  for (const [title, options, ...declared] of rows) {
    for (const [index, { era, version }] of Revisions.all.entries()) {
      if (era === "stateless") continue
      it.effect(
        `SAMP-1, SAMP-4, ELIC-1, ELIC-3, ROOT-1: ${title} says so in the handshake of ${version}`,
        () =>
          Effect.gen(function* () {
            const peer = Peer.make({ ...Peer.initialize(version), ping: Peer.always({}) })
            const client = yield* connect(peer, { versions: [version], ...options })
            yield* client.ping
            const [initialize] = peer.requests("initialize")
            assert.deepStrictEqual(initialize?.params?.["capabilities"], declared[index])
          }).pipe(Effect.scoped)
      )
    }

    it.effect(
      `SAMP-2, SAMP-4, ELIC-2, ELIC-3, ROOT-2: ${title} says so with each request of 2026-07-28`,
      () =>
        Effect.gen(function* () {
          let asked = 0
          const peer = Peer.make({
            ...Peer.discover(),
            "tools/list": Peer.always({ tools: [] }),
            "tools/call": () =>
              Effect.sync(() =>
                asked++ === 0 ? { resultType: "input_required", requestState: "s" } : { content: [] }
              )
          })
          const client = yield* connect(peer, options)
          yield* client.tools
          yield* client.callTool("x")
          const said = ["server/discover", "tools/list", "tools/call"]
            .flatMap(peer.requests)
            .map(({ params }) => Meta.of(params)[Meta.key.clientCapabilities])
          assert.deepStrictEqual(said, [declared[0], declared[0], declared[0], declared[0]])
        }).pipe(Effect.scoped)
    )
  }

  it.effect("ROOT-3: roots tells a session when they change; 2026-07-28 has no word for it", () =>
    Effect.gen(function* () {
      for (const { era, version } of Revisions.all) {
        const peer = Peer.make(era === "stateless" ? Peer.discover() : Peer.initialize(version))
        const client = yield* connect(peer, { versions: [version], roots: [] })
        yield* client.sendRootsChanged
        const told = peer.words().includes("1 notifications/roots/list_changed")
        assert.strictEqual(told, era === "stateful", version)
      }
    }).pipe(Effect.scoped)
  )
})
