/** How the demo looks: a rule per conversation, a line per step, a bar for progress. Plain text where there is no terminal. */
import { stdout } from "node:process"

const colour = stdout.isTTY && process.env["NO_COLOR"] === undefined
const paint = (code: number) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)

export const bold = paint(1)
export const dim = paint(2)
export const green = paint(32)
export const cyan = paint(36)

export const title = (text: string) => stdout.write(`\n${bold(text)}\n`)

export const rule = (text: string) =>
  stdout.write(`\n${cyan("━━")} ${bold(text)} ${cyan("━".repeat(60 - text.length))}\n\n`)

export const line = (label: string, text: string) => stdout.write(`  ${dim(label.padEnd(11))} ${text}\n`)

const width = 24
const cells = (done: number) => "█".repeat(done) + dim("░".repeat(width - done))

/** Draws progress in place on a terminal, and only its end elsewhere. */
export const bar = (label: string, progress: number, total: number, message: string) => {
  const text = `  ${dim(label.padEnd(11))} ${green(cells(Math.round((progress / total) * width)))} ${progress}/${total} ${dim(message)}`
  if (stdout.isTTY) stdout.write(`\r\u001b[2K${text}`)
  if (progress >= total) stdout.write(stdout.isTTY ? "\n" : `${text}\n`)
}
