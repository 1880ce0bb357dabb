/** The binary under test: a real child process with a home, a working directory and an environment of its own. */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../..", import.meta.url))
export const fixture = (name: string) => join(root, "test/fixtures/cli", name)

/** The command that is the binary, from the sources. */
export const command = [
  process.execPath,
  "--conditions=mcp-effect-source",
  join(root, "src/cli/main.ts")
] as const

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Around {
  readonly input?: string
  readonly env?: { readonly [name: string]: string }
  readonly cwd?: string
  readonly home?: string
}

/** A directory for the length of one test. */
export const temporary = (): Disposable & { readonly path: string } => {
  const path = mkdtempSync(join(tmpdir(), "mcp-cli-"))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Runs the binary to its end. Its home is an empty directory unless one is given. */
export const mcp = async (args: ReadonlyArray<string>, around: Around = {}): Promise<Outcome> => {
  using empty = temporary()
  return await new Promise<Outcome>((resolve, reject) => {
    const [node, ...rest] = command
    const child = spawn(node, [...rest, ...args], {
      cwd: around.cwd ?? root,
      env: {
        PATH: process.env["PATH"],
        HOME: around.home ?? empty.path,
        USERPROFILE: around.home ?? empty.path,
        SYSTEMROOT: process.env["SYSTEMROOT"],
        ...around.env
      }
    })
    const said = { stdout: "", stderr: "" }
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (chunk: string) => {
        said[name] += chunk
      })
    }
    child.stdin.on("error", () => {})
    child.stdin.end(around.input ?? "")
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, ...said }))
  })
}

/** Waits for a line, and goes on reading: a program that cannot write any more would end. */
export const lineOf = (stream: Readable, pattern: RegExp) =>
  new Promise<RegExpExecArray>((resolve, reject) => {
    const said: Array<string> = []
    const lines = createInterface({ input: stream })
    lines.on("line", (line) => {
      said.push(line)
      const found = pattern.exec(line)
      if (found !== null) resolve(found)
    })
    lines.on("close", () => reject(new Error(`no line with ${pattern}: ${said.join("\n")}`)))
  })

/** What a command says when it fails: nothing on stdout, words on stderr, and never a stack of ours. */
export const complaint = ({ code, stderr, stdout }: Outcome): string => {
  if (stdout !== "") throw new Error(`stdout should be empty: ${stdout}`)
  if (/^\s+at .*(?:src|dist)[\\/]cli[\\/]/m.test(stderr)) throw new Error(`a stack of ours: ${stderr}`)
  return `${code}: ${stderr}`
}
