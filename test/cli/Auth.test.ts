/** Signing in from the command line: the binary, a protected server, and its authorization server, on loopback. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Verifier from "mcp-effect/Verifier"
import { spawn } from "node:child_process"
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { once } from "node:events"
import { join } from "node:path"
import { future, protectedBy } from "../auth/protected.ts"
import * as Scene from "../auth/server/scene.ts"
import { command, complaint, mcp, root, temporary } from "./binary.ts"

const started = Effect.gen(function* () {
  const url = yield* future
  const as = yield* Scene.start({
    server: {
      resources: [url],
      validScopes: ["read", "write"],
      clientRegistration: { enabled: true },
      revocation: { enabled: true }
    }
  })
  yield* protectedBy(as.url, Verifier.jwt({ issuer: as.url }), url)
  return { as, url }
})

/** A home with a browser in it whose user agrees to everything. */
const person = Effect.gen(function* () {
  const home = yield* Effect.acquireRelease(Effect.sync(temporary), (home) =>
    Effect.sync(() => home[Symbol.dispose]())
  )
  const browser = join(home.path, "browser")
  const agrees = `${root}/test/fixtures/auth/agrees.ts`
  const line = `exec "${process.execPath}" --conditions=mcp-effect-source "${agrees}" "$1"`
  writeFileSync(browser, `#!/bin/sh\necho "$1" >> "${browser}.pages"\n${line}\n`, { mode: 0o755 })
  const file = join(home.path, ".local/share/mcp-effect/tokens.json")
  const env = { BROWSER: browser, XDG_DATA_HOME: join(home.path, ".local/share") }
  const around = { home: home.path, env }
  return {
    around,
    file,
    run: (...args: ReadonlyArray<string>) => Effect.promise(() => mcp(args, around)),
    pages: () =>
      existsSync(`${browser}.pages`) ? readFileSync(`${browser}.pages`, "utf8").trim().split("\n") : [],
    /** What the file holds of one grant. */
    grant: (key: string) => JSON.parse(JSON.parse(readFileSync(file, "utf8")).entries[key])
  }
})

/** Where the browser ends up, on a machine where nobody listens. */
const ending = Effect.fnUntraced(function* (page: string) {
  const browser = new Scene.Browser()
  const { location } = yield* browser.get(page)
  const consent = yield* browser.get(location!)
  const answer = yield* browser.post(location!, { ...Scene.hidden(consent.text), decision: "approve" })
  return answer.location!.href
})

describe.skipIf(process.platform === "win32")("mcp auth", () => {
  it.live("sign in once, be known to every command, renew without being asked, sign out", () =>
    Effect.gen(function* () {
      const { as, url } = yield* started
      const ada = yield* person
      const call = ["call", "who", url]

      assert.match(
        complaint(yield* ada.run(...call)),
        new RegExp(`^2: error: .*401.*\nhint: Sign in first: mcp auth login ${url} .*--header`)
      )
      assert.match(
        complaint(yield* ada.run("auth", "status", url)),
        /^2: error: Not signed in at .*\nhint: Sign in: mcp auth login /
      )
      assert.isEmpty(ada.pages(), "only login opens a browser")

      const login = yield* ada.run("auth", "login", url)
      assert.strictEqual(login.code, 0, login.stderr)
      assert.match(
        login.stdout,
        new RegExp(
          `^Signed in at ${url}\n  issuer  ${as.url}\n  client  \\S+ \\(registered by itself\\)\n  scopes  read\n`
        )
      )
      assert.strictEqual(statSync(ada.file).mode & 0o777, 0o600)
      assert.match((yield* ada.run(...call)).stdout, /^"?ada with /)
      assert.include((yield* ada.run("list", "tools", url)).stdout, "who")

      const status = yield* ada.run("auth", "status", url, "--json")
      const said = JSON.parse(status.stdout)
      assert.deepInclude(said, { target: url, issuer: as.url, scopes: ["read"], renewable: true })
      assert.deepInclude(said, { clientKind: "dynamic", store: ada.file })
      assert.notProperty(said, "subject", "nobody tells a client")

      const key = `grant ${url} ${as.url}`
      const before = ada.grant(key)
      const file = JSON.parse(readFileSync(ada.file, "utf8"))
      file.entries[key] = JSON.stringify({ ...before, expiresAt: 0 })
      writeFileSync(ada.file, JSON.stringify(file))
      const renewed = yield* ada.run(...call)
      assert.match(renewed.stdout, /^"?ada with /, renewed.stderr)
      const after = ada.grant(key)
      assert.notStrictEqual(after.refreshToken, before.refreshToken)

      const debug = yield* ada.run("auth", "status", url, "--log-level", "all")
      const logout = yield* ada.run("auth", "logout", url)
      assert.strictEqual(logout.stdout, `Signed out at ${url}\n`, logout.stderr)
      const { json } = yield* Scene.refresh(as, after.refreshToken, { client_id: after.clientId })
      assert.strictEqual(json["error"], "invalid_grant", "the refresh token is revoked")
      assert.strictEqual((yield* ada.run("auth", "status", url)).code, 2)
      assert.include((yield* ada.run(...call)).stderr, "Sign in first")
      assert.strictEqual((yield* ada.run("auth", "logout", url)).stdout, `Not signed in at ${url}\n`)
      assert.lengthOf(ada.pages(), 1)

      const everything = [login, status, renewed, debug, logout]
        .map(({ stderr, stdout }) => stdout + stderr)
        .join()
      for (const { accessToken, refreshToken } of [before, after]) {
        assert.isString(accessToken)
        assert.notInclude(everything, accessToken)
        assert.notInclude(everything, refreshToken)
      }
    })
  )

  it.live("a tool that takes another scope says how to get it, and --scope does", () =>
    Effect.gen(function* () {
      const { url } = yield* started
      const ada = yield* person
      yield* ada.run("auth", "login", url)
      assert.match(
        complaint(yield* ada.run("call", "write", url)),
        /^2: error: It wants scopes that were not granted: .*write\nhint: Sign in for more: mcp auth login \S+ .*--scope write\n$/
      )
      assert.lengthOf(ada.pages(), 1)
      yield* ada.run("auth", "login", url, "--scope", "write")
      assert.match((yield* ada.run("call", "write", url)).stdout, /written/)
    })
  )

  it.live("--no-browser prints the page and takes the address it ends at", () =>
    Effect.gen(function* () {
      const { url } = yield* started
      const ada = yield* person
      const [node, ...flags] = command
      const { env, home } = ada.around
      const child = spawn(node, [...flags, "auth", "login", url, "--no-browser", "--json"], {
        env: { PATH: process.env["PATH"], HOME: home, ...env }
      })
      const closed = once(child, "close")
      let said = ""
      child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text))
      const page = yield* Effect.promise(
        () =>
          new Promise<string>((resolve, reject) => {
            let asked = ""
            child.stderr.setEncoding("utf8").on("data", (text: string) => {
              asked += text
              const found = /sign in: (\S+)\n/.exec(asked)?.[1]
              if (found !== undefined) resolve(found)
            })
            child.on("close", () => reject(new Error(asked)))
          })
      )
      child.stdin.end(`${yield* ending(page)}\n`)
      const [code] = (yield* Effect.promise(() => closed)) as [number]
      assert.strictEqual(code, 0)
      assert.deepInclude(JSON.parse(said), { target: url, scopes: ["read"] })
      assert.isEmpty(ada.pages())
      assert.strictEqual((yield* ada.run("auth", "status", url)).code, 0)
    })
  )

  it("only servers at URLs have a sign-in", async () => {
    assert.match(
      complaint(await mcp(["auth", "login", "examples/echo/server.ts"])),
      /^1: error: examples\/echo\/server\.ts is started by a command/
    )
  })
})
