import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { Interaction, InteractionError } from "mcp-effect/Interaction"
import * as NodeInteraction from "mcp-effect/NodeInteraction"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer, request } from "node:http"
import { networkInterfaces, tmpdir } from "node:os"
import { join } from "node:path"
import { PassThrough } from "node:stream"
import { fileURLToPath } from "node:url"
import * as NodeBrowser from "../../src/auth/NodeBrowser.ts"

interface Asked {
  readonly method?: string
  readonly headers?: { readonly [name: string]: string }
}

/** A request as a browser, or somebody else, makes it. */
const ask = (url: string, { headers = {}, method = "GET" }: Asked = {}) =>
  Effect.promise(async () => {
    const outgoing = request(url, { method, headers, agent: false })
    outgoing.end()
    const [incoming] = await once(outgoing, "response")
    const chunks: Array<Buffer> = await incoming.toArray()
    return {
      status: incoming.statusCode as number,
      headers: incoming.headers as { readonly [name: string]: string },
      text: Buffer.concat(chunks).toString()
    }
  })

const state = Redacted.make("the-right-state")

/** An open page: what is shown is not opened anywhere, and what comes back is waited for. */
const visit = Effect.fnUntraced(function* (options: NodeInteraction.BrowserOptions = {}, preferred?: string) {
  const opened = Promise.withResolvers<string>()
  const interaction = yield* Effect.provide(
    Interaction,
    NodeInteraction.layerBrowser({ open: (url) => Effect.sync(() => opened.resolve(url)), ...options })
  )
  const open = yield* interaction.open(preferred)
  return { ...open, opened: opened.promise, interaction }
})

const waiting = Effect.fnUntraced(function* (options?: NodeInteraction.BrowserOptions) {
  const open = yield* visit(options)
  const back = yield* Effect.forkChild(open.show({ url: "https://as.example/authorize", state }))
  yield* Effect.promise(() => open.opened)
  return { redirectUri: open.redirectUri, back }
})

describe("the listener", () => {
  it.live("S205, S207, C11: takes the answer, on this machine, at a port of its own", () =>
    Effect.gen(function* () {
      const { back, redirectUri } = yield* waiting()
      assert.match(redirectUri, /^http:\/\/127\.0\.0\.1:\d+\/callback$/)
      const page = yield* ask(`${redirectUri}?code=canary-code&state=the-right-state&iss=x`)
      const answer = yield* Fiber.join(back)
      assert.deepStrictEqual(Object.fromEntries(answer), {
        code: "canary-code",
        state: "the-right-state",
        iss: "x"
      })
      assert.strictEqual(page.status, 200)
      assert.notInclude(page.text, "canary")
      assert.include(page.headers["content-security-policy"], "default-src 'none'")
      assert.strictEqual(page.headers["referrer-policy"], "no-referrer")
      assert.strictEqual(page.headers["cache-control"], "no-store")
    })
  )

  it.live("C10, C11: whoever is not the user's browser is shown out, and the user is still waited for", () =>
    Effect.gen(function* () {
      const { back, redirectUri } = yield* waiting()
      const right = `${redirectUri}?code=a&state=the-right-state`
      const { host, port } = new URL(redirectUri)
      const others: ReadonlyArray<readonly [string, string, Asked, number]> = [
        ["wrong state", `${redirectUri}?code=a&state=another`, {}, 400],
        ["no state", `${redirectUri}?code=a`, {}, 400],
        ["two states", `${right}&state=the-right-state`, {}, 400],
        ["POST", right, { method: "POST" }, 405],
        ["HEAD", right, { method: "HEAD" }, 405],
        ["another path", right.replace("/callback", "/callback2"), {}, 404],
        ["a name that was made to point here", right, { headers: { host: `attacker.test:${port}` } }, 403],
        ["another spelling", right, { headers: { host: `localhost:${port}` } }, 403],
        ["no port", right, { headers: { host: "127.0.0.1" } }, 403],
        ["upper case", right, { headers: { host: `${host}.` } }, 403]
      ]
      for (const [what, url, options, status] of others) {
        const page = yield* ask(url, options)
        assert.strictEqual(page.status, status, what)
      }
      assert.isUndefined(back.pollUnsafe())
      yield* ask(right)
      assert.strictEqual((yield* Fiber.join(back)).get("code"), "a")
    })
  )

  it.live("C11: takes one answer, and is gone with what it was for", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { back, redirectUri } = yield* waiting().pipe(Scope.provide(scope))
      yield* ask(`${redirectUri}?code=first&state=the-right-state`)
      const late = yield* ask(`${redirectUri}?code=second&state=the-right-state`)
      assert.strictEqual(late.status, 400)
      assert.strictEqual((yield* Fiber.join(back)).get("code"), "first")
      yield* Scope.close(scope, Exit.void)
      const refused = yield* Effect.flip(Effect.tryPromise(() => fetch(redirectUri)))
      assert.strictEqual((refused.cause as Error).message, "fetch failed")
    })
  )

  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)
  it.live.skipIf(outside === undefined)("C11: is not there for the network", () =>
    Effect.gen(function* () {
      const { redirectUri } = yield* visit()
      const { port } = new URL(redirectUri)
      yield* Effect.flip(Effect.tryPromise(() => fetch(`http://${outside?.address}:${port}/callback`)))
    })
  )

  it.live("S207: comes back to where the client is registered, or to another port if somebody is there", () =>
    Effect.gen(function* () {
      const first = yield* Effect.scoped(visit())
      const again = yield* visit({}, first.redirectUri)
      assert.strictEqual(again.redirectUri, first.redirectUri)
      const third = yield* visit({}, first.redirectUri)
      assert.notStrictEqual(third.redirectUri, first.redirectUri)
      const other = yield* visit({ redirectUri: "http://127.0.0.1/else" }, first.redirectUri)
      assert.match(other.redirectUri, /\/else$/)
    })
  )

  it.live("S207: or where the application says, and nowhere else", () =>
    Effect.gen(function* () {
      const free = yield* Effect.scoped(visit())
      const redirectUri = `http://localhost:${new URL(free.redirectUri).port}/done`
      const open = yield* visit({ redirectUri })
      assert.strictEqual(open.redirectUri, redirectUri)
      assert.strictEqual((yield* ask(redirectUri)).status, 400)
      const error = yield* Effect.flip(visit({ redirectUri }))
      assert.instanceOf(error, InteractionError)
      for (const wrong of ["https://127.0.0.1/x", "http://example.com/x", "http://0.0.0.0/x", "x"]) {
        const exit = yield* Effect.exit(
          Effect.provide(Interaction, NodeInteraction.layerBrowser({ redirectUri: wrong }))
        )
        assert.isTrue(Exit.isFailure(exit), wrong)
      }
    })
  )

  it.live("C11: whoever has the other half of localhost does not get the answer", () =>
    Effect.gen(function* () {
      const other = createServer(() => {})
      const listening = yield* Effect.promise(
        () =>
          new Promise<boolean>((resolve) => {
            other.once("error", () => resolve(false))
            other.listen(0, "::1", () => resolve(true))
          })
      )
      if (!listening) return
      yield* Effect.addFinalizer(() => Effect.sync(() => other.close()))
      const { port } = other.address() as { readonly port: number }
      const error = yield* Effect.flip(visit({ redirectUri: `http://localhost:${port}/callback` }))
      assert.instanceOf(error, InteractionError)
    })
  )

  it.live("when no browser starts, the user is told what to open", () =>
    Effect.gen(function* () {
      const told = Promise.withResolvers<string>()
      const open = yield* visit({
        open: () => Effect.fail(new InteractionError({ message: "no browser" })),
        tell: (text) => Effect.sync(() => told.resolve(text))
      })
      const back = yield* Effect.forkChild(open.show({ url: "https://as.example/authorize?x=1", state }))
      assert.include(yield* Effect.promise(() => told.promise), "https://as.example/authorize?x=1")
      yield* ask(`${open.redirectUri}?state=the-right-state&code=a`)
      assert.strictEqual((yield* Fiber.join(back)).get("code"), "a")
    })
  )
})

describe("by hand", () => {
  const paste = (text: string) =>
    Effect.gen(function* () {
      const [input, output] = [new PassThrough(), new PassThrough()]
      const interaction = yield* Effect.provide(Interaction, NodeInteraction.layerPaste({ input, output }))
      const open = yield* interaction.open(undefined)
      input.end(text)
      const answer = yield* open.show({ url: "https://as.example/authorize?x=1", state })
      return { answer, said: String(output.read()), redirectUri: open.redirectUri }
    })

  for (const text of [
    "http://127.0.0.1/callback?code=a%20b&state=s\n",
    "  http://127.0.0.1/callback?code=a%20b&state=s  \r\nmore\n",
    "?code=a%20b&state=s\n",
    "code=a%20b&state=s"
  ]) {
    it.live(`S205: the page is printed, and an address is taken: ${JSON.stringify(text)}`, () =>
      Effect.gen(function* () {
        const { answer, redirectUri, said } = yield* paste(text)
        assert.deepStrictEqual([answer.get("code"), answer.get("state")], ["a b", "s"])
        assert.include(said, "https://as.example/authorize?x=1")
        assert.strictEqual(redirectUri, "http://127.0.0.1/callback")
      })
    )
  }

  for (const text of ["\n", "", "hello\n", "http://127.0.0.1/callback\n"]) {
    it.live(`anything else is no answer: ${JSON.stringify(text)}`, () =>
      Effect.gen(function* () {
        assert.instanceOf(yield* Effect.flip(paste(text)), InteractionError)
      })
    )
  }
})

const hostile = [
  `https://as.example/authorize?a="&b='&c=$(touch marker)&d=\`touch marker\`&e=|touch marker;touch marker`,
  "https://as.example/authorize?x=%24(touch%20marker)&calc.exe",
  "https://as.example/--version",
  "https://as.example/\n--help\ttouch marker"
]

describe("the browser", () => {
  it("C7, SEC-23, SEC-24: is started by one program with the page as its one argument, and no shell", () => {
    for (const platform of ["linux", "darwin", "win32", "freebsd"] as const) {
      const { args, file } = NodeBrowser.command(platform, "https://as.example/?a=b&c=d")
      assert.notMatch(file, /sh$|cmd|powershell/i)
      assert.strictEqual(args.at(-1), "https://as.example/?a=b&c=d")
      for (const url of [...hostile, `https://as.example/${"x".repeat(10_000)}`]) {
        const page = NodeBrowser.page(url)?.href ?? ""
        const command = NodeBrowser.command(platform, page)
        assert.strictEqual(command.args.at(-1), page)
        assert.lengthOf(command.args, args.length)
        assert.match(page, /^https:\/\/as\.example\/[^\s"<>]*$/)
      }
    }
  })

  for (const url of [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    "-version",
    "",
    "vbscript:x",
    "http://as.example/authorize",
    "http://127.0.0.1.as.example/",
    "http://169.254.169.254/"
  ]) {
    it.live(`C9, SEC-21: is not started for ${JSON.stringify(url)}`, () =>
      Effect.gen(function* () {
        assert.instanceOf(yield* Effect.flip(NodeBrowser.open(url)), InteractionError)
      })
    )
  }

  it.live.skipIf(process.platform !== "linux")(
    "C7, SEC-23, CVE-2025-6514: gets whatever is in a page's address as it is",
    () =>
      Effect.gen(function* () {
        const folder = yield* Effect.acquireRelease(
          Effect.sync(() => mkdtempSync(join(tmpdir(), "browser-"))),
          (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
        )
        const log = join(folder, "log")
        // A browser that writes down how many arguments it got, and what they are.
        writeFileSync(
          join(folder, "xdg-open"),
          `#!/bin/sh\nprintf '%s %s\\n' "$#" "$1" > "${log}.part"\nmv "${log}.part" "${log}"\n`,
          {
            mode: 0o755
          }
        )
        for (const url of hostile) {
          rmSync(log, { force: true })
          const child = spawn(
            process.execPath,
            [
              "--conditions=mcp-effect-source",
              fileURLToPath(new URL("../fixtures/auth/opens.ts", import.meta.url)),
              url,
              log
            ],
            { cwd: folder, env: { ...process.env, PATH: `${folder}:${process.env.PATH}` }, stdio: "inherit" }
          )
          const [exitCode] = yield* Effect.promise(() => once(child, "exit"))
          assert.strictEqual(exitCode, 0)
          assert.strictEqual(readFileSync(log, "utf8"), `1 ${new URL(url).href}\n`)
        }
        assert.isFalse(existsSync(join(folder, "marker")))
      })
  )
})
