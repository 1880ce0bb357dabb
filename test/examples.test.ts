/** Every example is run as its README says, from the built package, and says what it should. */
import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))

const run = (script: string, ...flags: ReadonlyArray<string>) =>
  new Promise<{ readonly code: number | null; readonly output: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, script], {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"]
    })
    let output = ""
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
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
  http: [
    /(?:\[[1-4]\/10\] Event from 'listener'\n){4}-- the connection breaks --\n/,
    /breaks --\n(?:\[[567]\/10\] Event from 'listener'\n){3}-- the connection breaks --\n/,
    /breaks --\n(?:\[(?:8|9|10)\/10\] Event from 'listener'\n){3}Sent 10 notifications to 'listener'\n/,
    /test:\/\/resource has changed/
  ],
  "http-stateless": [
    /2026-07-28\n(?: {2}Sent 3 notifications to 'client' from (?:one|the other), 3 arrived\n){4}/,
    / {2}How many guests\? 4\n {2}A table for 4: asked by (?:one, booked by the other|the other, booked by one)\n/,
    /2025-11-25\n(?: {2}Sent 3 notifications to 'client' from (?:one|the other), 3 arrived\n){4}/,
    /2025-11-25[\s\S]*from the other/
  ],
  "http-many": [
    /Four servers/,
    /echo at 2026-07-28: hello/,
    /math at 2026-07-28: 42/,
    /curl at 2026-07-28: What is at https:\/\/example\.com/,
    /search at 2026-07-28: \["A page on Effect"\]/,
    /search at 2024-11-05: \["A page on SSE"\]/
  ],
  "low-level": [/schema as written: .*\$ref/, /QUIET/, /refused: true/, /"doubled":42,"nudged":1/]
}

const proves: { readonly [name: string]: string } = {
  "cpu-work": "S047",
  http: "S127",
  "http-stateless": "S128, S133",
  "http-many": "S123, S146"
}

describe("examples", () => {
  it("S160: each has a server, a client and a README that names its command, and is tested here", () => {
    assert.sameMembers(readdirSync(`${root}/examples`), Object.keys(examples))
    for (const name of Object.keys(examples)) {
      for (const file of ["server.ts", "client.ts", "README.md"]) {
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

  it("no code is made of texts, neither for our schemas nor for those of others", async () => {
    const { code, output } = await run(
      "examples/low-level/client.ts",
      "--disallow-code-generation-from-strings"
    )
    assert.strictEqual(code, 0, output)
    for (const pattern of examples["low-level"] ?? []) assert.match(output, pattern)
  })
})
