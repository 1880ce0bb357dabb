/**
 * The same tests over every transport and revision. A test gets a client that is connected to the fixture server; it
 * never knows how. What a revision cannot say is left out by data (`only`), not by a skip.
 */
import { describe, layer, type Vitest } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Client from "mcp-effect/Client"
import * as Loopback from "mcp-effect/Loopback"
import * as Revisions from "mcp-effect/Revisions"
import * as StdioClient from "mcp-effect/StdioClient"
import { fileURLToPath } from "node:url"
import * as Everything from "../fixtures/everything.ts"
import * as OverHttp from "./overHttp.ts"

type Transport = Layer.Layer<Client.Transport>

const every = () => true

/** A way from client to server, and the revisions it can carry. */
const transports: ReadonlyArray<
  readonly [name: string, open: () => Transport, carries: (version: string) => boolean]
> = [
  ["loopback", () => Loopback.layer(Everything.make()), every],
  [
    "stdio",
    () =>
      StdioClient.layer({
        command: process.execPath,
        args: [
          "--conditions=mcp-effect-source",
          fileURLToPath(new URL("../fixtures/everything-stdio.ts", import.meta.url))
        ],
        stderr: "ignore"
      }),
    every
  ],
  ["node", () => OverHttp.node(Everything.make()), every],
  ["router", () => OverHttp.router(Everything.make()), every],
  ["fetch", () => OverHttp.fetch(Everything.make()), every],
  ["sse", () => OverHttp.sse(Everything.make()), (version) => version < "2026-07-28"]
]

/** What the client's handlers were asked and told, in order. */
export class Heard extends Context.Service<
  Heard,
  {
    readonly questions: Array<string>
    readonly logs: Array<Client.LogMessage>
    readonly notices: Array<string>
  }
>()("test/Heard") {}

/** What a test may look at. */
export interface Setting {
  readonly version: string
  readonly stateless: boolean
  readonly transport: string
}

export interface Options {
  /** What the client is made with, besides handlers that answer every question. */
  readonly client?: Partial<Client.Options>
  /** The revisions in which there is something to test. Default: all. */
  readonly only?: (version: string) => boolean
}

const answers = (heard: Heard["Service"]): Partial<Client.Options> => ({
  elicit: ({ message }) =>
    Effect.sync(() => {
      heard.questions.push(message)
      return Client.accept({ size: "M", colour: "red" })
    }),
  elicitUrl: ({ url }) =>
    Effect.sync(() => {
      heard.questions.push(url)
      return Client.accept()
    }),
  sample: ({ includeContext = "no context" }) =>
    Effect.sync(() => {
      heard.questions.push(includeContext)
      return { role: "assistant", content: { type: "text", text: "hi" }, model: "fake" }
    }),
  roots: [{ uri: "file:///project", name: "project" }],
  onLog: (message) => Effect.sync(() => heard.logs.push(message)),
  onNotification: ({ method }) => Effect.sync(() => heard.notices.push(method))
})

type Tests = (it: Vitest.MethodsNonLive<Client.Client | Heard>, setting: Setting) => void

export const battery = (feature: string, tests: Tests, { client = {}, only = () => true }: Options = {}) => {
  for (const [transport, open, carries] of transports) {
    const revisions = Revisions.all.filter(({ version }) => only(version) && carries(version))
    for (const { era, version } of revisions) {
      const heard: Heard["Service"] = { questions: [], logs: [], notices: [] }
      const connected = Layer.merge(
        Client.layer({
          name: "battery",
          version: "1.0.0",
          versions: [version],
          ...answers(heard),
          ...client
        }).pipe(Layer.provide(open())),
        Layer.succeed(Heard, heard)
      )
      describe(`${feature} over ${transport} at ${version}`, () => {
        layer(connected, { excludeTestServices: true })((it) => {
          tests(it, { version, stateless: era === "stateless", transport })
        })
      })
    }
  }
}
