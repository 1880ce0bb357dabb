/** A real browser over the DevTools protocol, without anything in between: JSON on two pipes, a NUL after each. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Readable, Writable } from "node:stream"

const programs = ["chromium", "chromium-browser", "google-chrome", "chrome-headless-shell"]

const chosen = process.env["MCP_TEST_CHROMIUM"]

/** What the machine has, or `MCP_TEST_CHROMIUM` and nothing else. */
export const program = (chosen === undefined ? programs : [chosen]).find(
  (name) => name !== "" && spawnSync(name, ["--version"], { timeout: 30_000 }).status === 0
)

type Fields = { readonly [name: string]: unknown }
type Listener = (method: string, params: Fields, session: string | undefined) => void

interface Heard {
  readonly id?: number
  readonly method: string
  readonly params: Fields
  readonly result: unknown
  readonly error?: { readonly message: string }
  readonly sessionId?: string
}

class Wire {
  readonly listeners = new Set<Listener>()
  private readonly child: ChildProcess
  private readonly pending = new Map<number, { ok: (value: never) => void; no: (error: Error) => void }>()
  private last = 0
  private rest = ""

  constructor(child: ChildProcess) {
    this.child = child
    const out = child.stdio[4] as Readable
    child.once("exit", (code) => {
      for (const { no } of this.pending.values()) no(new Error(`The browser ended (${code})`))
    })
    out.setEncoding("utf8").on("data", (text: string) => {
      const messages = (this.rest + text).split("\0")
      this.rest = messages.pop() ?? ""
      for (const message of messages) this.hear(JSON.parse(message) as Heard)
    })
  }

  send<A>(method: string, params: Fields = {}, sessionId?: string): Promise<A> {
    const id = ++this.last
    const pipe = this.child.stdio[3] as Writable
    pipe.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    return new Promise<A>((ok, no) => this.pending.set(id, { ok, no }))
  }

  private hear({ error, id, method, params, result, sessionId }: Heard): void {
    if (id === undefined) for (const listener of this.listeners) listener(method, params, sessionId)
    else if (error === undefined) this.pending.get(id)?.ok(result as never)
    else this.pending.get(id)?.no(new Error(error.message))
  }
}

interface Evaluated<A> {
  readonly result: { readonly value: A }
  readonly exceptionDetails?: unknown
}

/** One tab, with cookies of its own. */
export class Page {
  private readonly wire: Wire
  private readonly session: string

  constructor(wire: Wire, session: string) {
    this.wire = wire
    this.session = session
  }

  send<A = unknown>(method: string, params: Fields = {}): Promise<A> {
    return this.wire.send<A>(method, params, this.session)
  }

  /** Succeeds with the next event of a kind. Called before whatever brings it about. */
  next(method: string, fits: (params: Fields) => boolean = () => true): Promise<Fields> {
    return new Promise((resolve) => {
      const listener: Listener = (name, params, session) => {
        if (session !== this.session || name !== method || !fits(params)) return
        this.wire.listeners.delete(listener)
        resolve(params)
      }
      this.wire.listeners.add(listener)
    })
  }

  /** Does something that leads to another page, and waits until that is there. */
  async through(act: () => Promise<unknown>): Promise<void> {
    const loaded = this.next("Page.loadEventFired")
    await act()
    await loaded
  }

  open(url: string | URL): Promise<void> {
    return this.through(() => this.send("Page.navigate", { url: String(url) }))
  }

  async read<A = unknown>(expression: string): Promise<A> {
    const how = { expression, returnByValue: true }
    const { exceptionDetails, result } = await this.send<Evaluated<A>>("Runtime.evaluate", how)
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails))
    return result.value
  }

  async click(selector: string): Promise<void> {
    const { x, y } = await this.read<{ readonly x: number; readonly y: number }>(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)})
      element.scrollIntoView({ block: "center" })
      const { height, left, top, width } = element.getBoundingClientRect()
      return { x: left + width / 2, y: top + height / 2 }
    })()`)
    for (const type of ["mousePressed", "mouseReleased"]) {
      await this.send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 })
    }
  }

  async key(key: string, code: number, text?: string): Promise<void> {
    const how = { key, windowsVirtualKeyCode: code, ...(text !== undefined && { text }) }
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...how })
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...how })
  }
}

/** Starts the browser, until the scope closes. */
export const start = (name: string): Effect.Effect<() => Promise<Page>, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const home = mkdtempSync(join(tmpdir(), "mcp-chromium-"))
        const flags = [
          "--headless",
          "--remote-debugging-pipe",
          "--no-first-run",
          "--disable-gpu",
          "--disable-dev-shm-usage"
        ]
        // Its sandbox does not work for root; what it opens here is ours.
        const own = process.getuid?.() === 0 ? ["--no-sandbox"] : []
        const child = spawn(name, [...flags, ...own, `--user-data-dir=${home}`], {
          stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"]
        })
        return { child, home }
      }),
      ({ child, home }) =>
        Effect.promise(async () => {
          child.kill("SIGKILL")
          if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
          rmSync(home, { recursive: true, force: true, maxRetries: 10 })
        })
    ),
    ({ child }) => {
      const wire = new Wire(child)
      return async () => {
        const context = await wire.send<Fields>("Target.createBrowserContext")
        const target = await wire.send<Fields>("Target.createTarget", { url: "about:blank", ...context })
        const { sessionId } = await wire.send<{ readonly sessionId: string }>("Target.attachToTarget", {
          ...target,
          flatten: true
        })
        const page = new Page(wire, sessionId)
        await page.send("Page.enable")
        await page.send("Runtime.enable")
        return page
      }
    }
  )
