/** The consent page in a real browser: what others only promise in headers, it does or does not do. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import * as SignIn from "../../../src/auth/SignIn.ts"
import * as Chromium from "./chromium.ts"
import { authorizeUrl, callback, type Fields, postJson, publicClient, start } from "./scene.ts"

/** Somebody else's site, and what it was asked for. */
const site = (answer: (path: string) => { readonly location?: string; readonly body?: string }) =>
  Effect.acquireRelease(
    Effect.callback<{ server: Server; origin: string; asked: Array<URL> }>((resume) => {
      const asked: Array<URL> = []
      const server = createServer(({ url = "" }, response) => {
        if (url !== "/favicon.ico") asked.push(new URL(url, "http://site"))
        const { body = "", location } = answer(url)
        response.writeHead(location === undefined ? 200 : 302, {
          "content-type": "text/html",
          ...(location !== undefined && { location })
        })
        response.end(body)
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        resume(Effect.succeed({ server, origin: `http://127.0.0.1:${port}`, asked }))
      })
    }),
    ({ server }) => Effect.sync(() => server.close().closeAllConnections())
  )

const allow = "button[value=approve]"
const deny = "button[value=deny]"

/** The contrast between the text of an element and what is behind it, as WCAG computes it. */
const contrast = (selector: string) => `(() => {
  const numbers = (color) => {
    const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d")
    context.fillStyle = color
    context.fillRect(0, 0, 1, 1)
    return [...context.getImageData(0, 0, 1, 1).data]
  }
  const behind = (element) => {
    const color = getComputedStyle(element).backgroundColor
    return numbers(color)[3] === 0 ? behind(element.parentElement) : color
  }
  const light = (color) => numbers(color).slice(0, 3)
    .map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0.05)
  const element = document.querySelector(${JSON.stringify(selector)})
  const [one, other] = [light(getComputedStyle(element).color), light(behind(element))]
  return Math.max(one, other) / Math.min(one, other)
})()`

/** What assistive technology is told. */
interface Tree {
  readonly nodes: ReadonlyArray<{
    readonly role?: { readonly value: string }
    readonly name?: { readonly value: string }
  }>
}

const look = (page: Chromium.Page, width: number, scheme: "light" | "dark") =>
  Effect.promise(async () => {
    const metrics = { width, height: 700, deviceScaleFactor: 1, mobile: width < 400 }
    await page.send("Emulation.setDeviceMetricsOverride", metrics)
    await page.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: scheme }]
    })
  })

// A browser that nobody used for long has to be read from the disk first.
describe.skipIf(Chromium.program === undefined)("the consent page in Chromium", { timeout: 60_000 }, () => {
  const tab = Effect.flatMap(Chromium.start(Chromium.program ?? ""), (open) => Effect.promise(open))
  const open = (page: Chromium.Page, url: URL) => Effect.promise(() => page.open(url))
  const click = (page: Chromium.Page, selector: string) =>
    Effect.promise(() => page.through(() => page.click(selector)))
  const read = <A = unknown>(page: Chromium.Page, expression: string) =>
    Effect.promise(() => page.read<A>(expression))

  it.live("the decision goes to the client, and on to wherever the client leads", () =>
    Effect.gen(function* () {
      const page = yield* tab
      const end = yield* site(() => ({ body: "<title>the end</title>" }))
      const client = yield* site((path) =>
        path.startsWith("/elsewhere") ? { location: end.origin } : { body: "<title>the client</title>" }
      )
      const redirectUris = [`${client.origin}/here`, `${client.origin}/elsewhere`]
      const scene = yield* start({ embedded: { clients: [{ ...publicClient, redirectUris }] } })
      const decide = (at: number, decision: string) =>
        Effect.andThen(
          open(page, authorizeUrl(scene, { redirect_uri: redirectUris[at]! })),
          click(page, decision)
        )

      yield* decide(0, allow)
      assert.strictEqual(yield* read(page, "document.title"), "the client")
      assert.isTrue(client.asked.at(-1)?.searchParams.has("code"))
      // Back again, somebody may think better of it.
      yield* Effect.promise(() => page.through(() => page.read("history.back()")))
      yield* click(page, deny)
      assert.strictEqual(client.asked.at(-1)?.searchParams.get("error"), "access_denied")

      yield* decide(1, allow)
      assert.strictEqual(yield* read(page, "document.title"), "the end")
    }).pipe(Effect.scoped)
  )

  it.live("is not shown in a frame of another site", () =>
    Effect.gen(function* () {
      const page = yield* tab
      const scene = yield* start()
      const trap = yield* site((path) => ({
        body:
          path === "/" ? `<iframe src="${authorizeUrl(scene).href.replaceAll("&", "&amp;")}"></iframe>` : ""
      }))
      yield* Effect.promise(() => page.send("Network.enable"))
      const blocked = page.next("Network.loadingFailed", ({ type }) => type === "Document")
      yield* open(page, new URL(trap.origin))
      assert.strictEqual((yield* Effect.promise(() => blocked))["errorText"], "net::ERR_BLOCKED_BY_RESPONSE")
    }).pipe(Effect.scoped)
  )

  it.live("what a stranger calls itself is text, and fits on a small screen", () =>
    Effect.gen(function* () {
      const page = yield* tab
      const scene = yield* start({ server: { clientRegistration: { enabled: true } } })
      yield* look(page, 320, "dark")
      for (const name of [
        "<b>x</b><script>document.title='owned'</script>",
        "W".repeat(200),
        "\u202eevil שלום"
      ]) {
        const redirect_uri = `${callback}/${"long".repeat(100)}`
        const fields = {
          redirect_uris: [redirect_uri],
          client_name: name,
          token_endpoint_auth_method: "none"
        }
        const { json } = yield* postJson(`${scene.url}/register`, fields)
        const changes: Fields = { client_id: String(json["client_id"]), redirect_uri, scope: "" }
        yield* open(page, authorizeUrl(scene, changes))
        assert.strictEqual(yield* read(page, "document.title"), "Allow access?")
        assert.strictEqual(yield* read(page, "document.querySelectorAll('h1 *').length"), 1, "only the <bdi>")
        assert.strictEqual(yield* read(page, "document.documentElement.scrollWidth"), 320, name)
      }
    }).pipe(Effect.scoped)
  )

  it.live("can be read and used by everybody: names, focus, contrast, and what was typed", () =>
    Effect.gen(function* () {
      const page = yield* tab
      const password = yield* SignIn.hashPassword(Redacted.make("secret"))
      const scene = yield* start({ signIn: SignIn.passwords([{ name: "ada", password }]) })
      yield* open(page, authorizeUrl(scene))
      const { nodes } = yield* Effect.promise(() => page.send<Tree>("Accessibility.getFullAXTree"))
      const controls = nodes
        .map(({ name, role }) => `${role?.value} ${name?.value}`)
        .filter((control) => /^(textbox|button|heading) /.test(control))
      assert.sameMembers(controls, [
        "heading The App asks for access",
        "textbox Name",
        "textbox Password",
        "button Allow",
        "button Deny"
      ])
      yield* Effect.promise(async () => {
        for (const [name, text] of [
          ["username", "ada"],
          ["password", "wrong"]
        ] as const) {
          await page.click(`input[name=${name}]`)
          await page.send("Input.insertText", { text })
        }
        await page.through(() => page.key("Enter", 13, "\r"))
      })
      assert.strictEqual(yield* read(page, "document.querySelector('[role=alert]').id"), "failure")
      assert.deepStrictEqual(
        yield* read(page, "[...document.querySelectorAll('label input')].map((i) => i.value)"),
        ["ada", ""]
      )
      assert.strictEqual(yield* read(page, "document.activeElement.name"), "password")
      assert.notStrictEqual(
        yield* read(page, "getComputedStyle(document.activeElement).outlineStyle"),
        "none"
      )
      for (const scheme of ["light", "dark"] as const) {
        yield* look(page, 800, scheme)
        for (const selector of ["h1", "dt", "small", allow, deny, "label", "[role=alert]"]) {
          assert.isAtLeast(yield* read<number>(page, contrast(selector)), 4.5, `${selector}, ${scheme}`)
        }
      }
    }).pipe(Effect.scoped)
  )
})
