/** Every example is run as its README says, from the built package, and says what it should. */
import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { freePort } from "./freePort.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

const run = (script: string, ...flags: ReadonlyArray<string>) => runWith({ script, flags })

interface Running {
  readonly script: string
  readonly flags?: ReadonlyArray<string>
  readonly env?: NodeJS.ProcessEnv
  /** What is typed. */
  readonly input?: string
}

const runWith = ({ env = {}, flags = [], input, script }: Running) =>
  new Promise<{ readonly code: number | null; readonly output: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, script], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "inherit"]
    })
    child.stdin?.end(input)
    let output = ""
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk
    })
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, output }))
  })

const examples: { readonly [name: string]: ReadonlyArray<RegExp> } = {
  quickstart: [
    /2026-07-28, stateless[\s\S]*2025-11-25, stateful/,
    /2 \+ 40 = 42/,
    /Hello, Ada!/,
    /Booked: Chez Ada, 4 guests, outside/,
    /24\/24 asleep/,
    /24 sheep, good night/,
    /log info\s+counted 24 sheep/,
    /Done\./
  ],
  echo: [/Tool echo: Grüße, 世界/, /Resource echo: one two/, /Please process this message: three/],
  database: [
    /added The Dispossessed as number 1/,
    /found Solaris by Stanisław Lem/,
    /not found: number 99/,
    /opened 1 time, closed 1 time/
  ],
  questions: [
    /2026-07-28\n(?: {2}asked: .*\n){3} {2}Ordered: large pizza with cheese and olives, oven 3\n/,
    /2025-11-25\n(?: {2}asked: .*\n){3} {2}Ordered: large pizza with cheese and olives, oven 3\n/
  ],
  "cpu-work": [/(?:ping \d answered while it computes\n){3}stopped\nthere are 78498 primes/],
  "auth-server": [
    /agreed to user\nget_user_profile: \{"subject":"me"\}\nagreed to user and user:secrets\n(?:tell_secret: It is 42\.\n){2}$/
  ],
  "streamable-http": [
    /(?:\[[1-4]\/10\] Event from 'listener'\n){4}-- the connection breaks --\n/,
    /breaks --\n(?:\[[567]\/10\] Event from 'listener'\n){3}-- the connection breaks --\n/,
    /breaks --\n(?:\[(?:8|9|10)\/10\] Event from 'listener'\n){3}Sent 10 notifications to 'listener'\n/,
    /test:\/\/resource has changed/
  ],
  "streamable-http-stateless": [
    /2026-07-28\n(?: {2}Sent 3 notifications to 'client' from (?:one|the other), 3 arrived\n){4}/,
    / {2}How many guests\? 4\n {2}A table for 4: asked by (?:one, booked by the other|the other, booked by one)\n/,
    /2025-11-25\n(?: {2}Sent 3 notifications to 'client' from (?:one|the other), 3 arrived\n){4}/,
    /2025-11-25[\s\S]*from the other/
  ],
  "mount-many": [
    /Four servers/,
    /echo at 2026-07-28: hello/,
    /math at 2026-07-28: 42/,
    /curl at 2026-07-28: What is at https:\/\/example\.com/,
    /search at 2026-07-28: \["A page on Effect"\]/,
    /search at 2024-11-05: \["A page on SSE"\]/
  ],
  tour: [
    /"language": "en"[\s\S]*Profile data for user 42\n20\nŁódź: sunny, 21 °C\nimage\/png, \d+ letters\n/,
    /log: Looking at user 1[\s\S]*log: Looking at user 2[\s\S]*Processing complete/,
    /1 of 2[\s\S]*2 of 2[\s\S]*Processing complete\n/,
    /user: Please review this code:\n\n1 \+ 1\nuser: I'm seeing this error:\nuser: It does not work\nassistant: I'll help/
  ],
  "sqlite-explorer": [
    /^CREATE TABLE moon/,
    /"Europa".*\n\{"name":"Io"/,
    /refused: SqlError: no such table: sun/,
    /DROP TABLE moon\nrefused: SqlError: attempt to write a readonly database\n.*\n\{"moons":2\}\n$/
  ],
  "simple-tool": [
    /^<h1>Hello<\/h1>\nNotRead: The page answers with status 404\nNotRead: .*not public\n<h1>Hello<\/h1>\n$/
  ],
  "simple-prompt": [/my questions\.\nuser: Here is some context: .*\nuser: .* this topic: generics\n$/],
  "simple-resource": [/greeting\.txt \(31 bytes\): Hello!.*\nfile:\/\/\/help.*\nfile:\/\/\/about/],
  proxy: [
    /asked: What kind of cake\?\n(?: {2}\d of 3\n){3}over HTTP, 2026-07-28\n {2}A cherry cake.* 2025-06-18\n/,
    /(?: {2}\d of 3\n){3}over stdio, 2025-11-25\n {2}A cherry cake, ordered in the words of 2025-06-18\n$/
  ],
  "low-level": [/schema as written: .*\$ref/, /QUIET/, /refused: true/, /"doubled":42,"nudged":1/]
}

const proves: { readonly [name: string]: string } = {
  "cpu-work": "S047",
  "auth-server": "S156",
  "streamable-http": "S127, S157",
  "streamable-http-stateless": "S128, S157",
  "mount-many": "S123, S146",
  tour: "S152",
  "sqlite-explorer": "S151",
  "simple-tool": "S153",
  "simple-prompt": "S154",
  "simple-resource": "S155"
}

describe("examples", () => {
  it("S160: each has a server, a client and a README that names its command, and is tested here", () => {
    const clients = ["auth-client", "chatbot"]
    const names = [...Object.keys(examples), ...clients]
    assert.sameMembers(readdirSync(`${root}/examples`), names)
    for (const name of names) {
      // Clients connect to whatever server there is, and to those of other examples first of all.
      const server = clients.includes(name) ? [] : ["server.ts"]
      for (const file of [...server, "client.ts", "README.md"]) {
        assert(existsSync(`${root}/examples/${name}/${file}`), `examples/${name} lacks ${file}`)
      }
      const command = name === "quickstart" ? "npm start" : `node examples/${name}/client.ts`
      assert.include(readFileSync(`${root}/examples/${name}/README.md`, "utf8"), command)
    }
  })

  for (const [name, expected] of Object.entries(examples)) {
    it(`${proves[name] ?? "S016"}: ${name} runs and ends with exit code 0`, async () => {
      const { code, output } = await run(`examples/${name}/client.ts`)
      assert.strictEqual(code, 0, output)
      for (const pattern of expected) assert.match(output, pattern)
    })
  }

  it.skipIf(process.platform === "win32")(
    "S158: auth-client asks its user once to connect and once more when more is needed, and runs what is typed",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "auth-client-"))
      const browser = join(folder, "browser")
      const agrees = `${root}/test/fixtures/auth/agrees.ts`
      const command = `exec "${process.execPath}" --conditions=mcp-effect-source "${agrees}" "$1"`
      writeFileSync(browser, `#!/bin/sh\n${command}\n`, { mode: 0o755 })
      const port = String(await freePort())
      const env = { MCP_SERVER_PORT: port, BROWSER: browser }
      const server = spawn(process.execPath, ["examples/auth-server/server.ts"], {
        cwd: root,
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "inherit"]
      })
      await once(server.stdout, "data")
      const typed = ["list", "call get_user_profile", "call tell_secret", "call tell_secret {", "who", "help"]
      const { code, output } = await runWith({
        script: "examples/auth-client/client.ts",
        env,
        input: [...typed, "quit", "list", ""].join("\n")
      })
      server.kill()
      rmSync(folder, { recursive: true })
      assert.strictEqual(code, 0, output)
      const lines = output.trimEnd().split("\n")
      assert.deepStrictEqual(lines.slice(0, 5), [
        "Connected to auth-server",
        "  get_user_profile: Who is signed in",
        "  tell_secret: Something not every client may hear",
        '  {"subject":"me"}',
        "  It is 42."
      ])
      assert.match(lines.at(-2) ?? "", /^ {2}\S+ may user, user:secrets$/)
      assert.strictEqual(lines.at(-1), "  list, call TOOL [JSON], who, quit")
    }
  )

  it("no code is made of texts, neither for our schemas nor for those of others", async () => {
    const { code, output } = await run(
      "examples/low-level/client.ts",
      "--disallow-code-generation-from-strings"
    )
    assert.strictEqual(code, 0, output)
    for (const pattern of examples["low-level"] ?? []) assert.match(output, pattern)
  })
})
