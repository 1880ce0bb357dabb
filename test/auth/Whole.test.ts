/** Our client, our server and our authorization server, over real HTTP, with a browser that agrees. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Client from "mcp-effect/Client"
import * as NodeInteraction from "mcp-effect/NodeInteraction"
import * as OAuthClient from "mcp-effect/OAuthClient"
import * as StreamableClient from "mcp-effect/StreamableClient"
import { around } from "./connect.ts"
import { Browser, hidden, send } from "./server/scene.ts"
import { type Kind, whole } from "./whole.ts"

/** Opens the page, reads it, and agrees; writes down which scopes it was shown. */
const agreeing = () => {
  const shown: Array<ReadonlyArray<string>> = []
  const open = (url: string) =>
    Effect.gen(function* () {
      const browser = new Browser()
      const { location } = yield* browser.get(url)
      const page = yield* browser.get(location!)
      shown.push([...page.text.matchAll(/<li><bdi>([^<]*)<\/bdi><\/li>/g)].map(([, scope]) => scope!))
      const answer = yield* browser.post(new URL(location!.pathname, url), {
        ...hidden(page.text),
        decision: "approve"
      })
      yield* browser.get(answer.location!)
    })
  return { shown, layer: NodeInteraction.layerBrowser({ open }) }
}

const connected = (
  url: string,
  interaction: ReturnType<typeof agreeing>["layer"],
  versions: ReadonlyArray<string> = []
) =>
  Client.layer({ name: "test", version: "1.0.0", ...(versions.length > 0 && { versions }) }).pipe(
    Layer.provide(StreamableClient.layer({ url })),
    Layer.provide(OAuthClient.layer({ server: url, client: { client_name: "Test client" } })),
    Layer.provide([around(), interaction])
  )

/** What a tool without arguments says. */
const said = (tool: string) =>
  Effect.flatMap(Client.Client, (client) =>
    Effect.map(client.callTool(tool, {}), ({ content: [block] }) =>
      block?.type === "text" ? block.text : undefined
    )
  )

const kinds: ReadonlyArray<Kind> = ["signed tokens", "tokens it asks about", "tokens of the same process"]

for (const version of ["2025-11-25", "2026-07-28"] as const) {
  describe(`a protected server at ${version}`, () => {
    for (const kind of kinds) {
      it.live(
        `with ${kind}: sign in once, agree to more when more is needed (D14, S075, S087, S088, SCOPE-8)`,
        () =>
          Effect.gen(function* () {
            const at = yield* whole(kind)
            const { layer, shown } = agreeing()
            yield* Effect.gen(function* () {
              assert.strictEqual(yield* said("whoami"), "ada")
              assert.deepStrictEqual(shown, [["files:read"]])
              assert.strictEqual(yield* said("write"), "written")
              assert.deepStrictEqual(shown, [["files:read"], ["files:read", "files:write"]])
              yield* said("write")
              assert.lengthOf(shown, 2)
            }).pipe(Effect.provide(connected(at.endpoint, layer, [version])))
            assert.deepStrictEqual(at.ran, ["whoami", "write", "write"], "nothing ran without its scopes")
          })
      )
    }
  })
}

describe("a protected server", () => {
  it.live("D14: what a caller may not use is not there for it, neither listed nor by name", () =>
    Effect.gen(function* () {
      const at = yield* whole("signed tokens")
      yield* Effect.gen(function* () {
        const client = yield* Client.Client
        const { tools } = yield* client.listTools()
        assert.deepStrictEqual(
          tools.map(({ name }) => name),
          ["whoami", "write"]
        )
        const hidden = yield* Effect.flip(client.callTool("wipe", {}))
        const unknown = yield* Effect.flip(client.callTool("wipf", {}))
        assert.strictEqual(hidden.message.replace("wipe", "wipf"), unknown.message)
      }).pipe(Effect.provide(connected(at.endpoint, agreeing().layer, ["2026-07-28"])))
      assert.deepStrictEqual(at.ran, [])
    })
  )

  it.live(
    "the metadata is where clients look, whatever the request says of itself (D8, D15, AUTH-5, DISC-3)",
    () =>
      Effect.gen(function* () {
        const at = yield* whole("signed tokens")
        for (const path of ["/mcp", ""]) {
          const answer = yield* send(`${at.origin}/.well-known/oauth-protected-resource${path}`, {
            headers: { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" }
          })
          assert.deepStrictEqual(answer.json, {
            resource: at.endpoint,
            authorization_servers: [at.origin],
            scopes_supported: ["files:read"],
            bearer_methods_supported: ["header"]
          })
          assert.strictEqual(answer.headers.get("access-control-allow-origin"), "*")
        }
        const denied = yield* send(at.endpoint, {
          method: "POST",
          body: "{",
          headers: { "content-type": "application/json" }
        })
        assert.strictEqual(denied.status, 401, "before the body is looked at")
        assert.strictEqual(
          denied.headers.get("www-authenticate"),
          `Bearer scope="files:read", resource_metadata="${at.origin}/.well-known/oauth-protected-resource/mcp"`
        )
      })
  )
})
