import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Client from "mcp-effect/Client"
import { battery } from "./battery.ts"

battery(
  "pages",
  (it) => {
    it.effect("PAGE-3: a list pages by itself, in one order, without repeating anything", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const names = (yield* client.tools).map((tool) => tool.name)
        assert.isAbove(names.length, 10)
        assert.strictEqual(new Set(names).size, names.length)
        assert.deepStrictEqual(
          (yield* client.tools).map((tool) => tool.name),
          names
        )
        const streamed = yield* Stream.runCollect(client.streamTools)
        assert.deepStrictEqual(
          streamed.map((tool) => tool.name),
          names
        )
      })
    )

    it.effect("PRMT-8, PAGE-1, PAGE-3: every list is whole, in one page or in several", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const walk = Effect.fnUntraced(function* <P extends { readonly nextCursor?: string }, A>(
          list: (cursor?: string) => Effect.Effect<P, Client.ClientError>,
          items: (page: P) => ReadonlyArray<A>
        ) {
          const pages = [yield* list()]
          for (let page = pages[0]!; page.nextCursor !== undefined;) {
            page = yield* list(page.nextCursor)
            pages.push(page)
          }
          return { pages: pages.length, items: pages.flatMap(items) }
        })
        const prompts = yield* walk(client.listPrompts, (page) => page.prompts)
        assert.isAbove(prompts.pages, 1)
        assert.deepStrictEqual(yield* client.prompts, prompts.items)
        const resources = yield* walk(client.listResources, (page) => page.resources)
        assert.isAbove(resources.pages, 1)
        assert.deepStrictEqual(yield* client.resources, resources.items)
        const templates = yield* walk(client.listResourceTemplates, (page) => page.resourceTemplates)
        assert.strictEqual(templates.pages, 1)
        assert.deepStrictEqual(yield* client.resourceTemplates, templates.items)
      })
    )

    it.effect("PAGE-2: a page has the size the server was given", () =>
      Effect.gen(function* () {
        const client = yield* Client.Client
        const first = yield* client.listTools()
        assert.lengthOf(first.tools, 3)
        assert.isString(first.nextCursor)
        const second = yield* client.listTools(first.nextCursor)
        assert.lengthOf(second.tools, 3)
        assert.notStrictEqual(second.tools[0]?.name, first.tools[0]?.name)
      })
    )

    for (const cursor of ["nonsense", "", "YWZ0ZXI6bm93aGVyZQ"]) {
      it.effect(`PAGE-7: the cursor ${JSON.stringify(cursor)} is refused with -32602`, () =>
        Effect.gen(function* () {
          const client = yield* Client.Client
          const error = yield* Effect.flip(client.listTools(cursor))
          assert(error._tag === "McpError", error._tag)
          assert.strictEqual(error.code, -32602)
        })
      )
    }
  },
  { client: { cache: false } }
)
