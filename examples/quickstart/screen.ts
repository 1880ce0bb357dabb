/** How the demo looks: a rule per conversation, a line per step, a bar for progress. Plain text where there is no terminal. */
import { stdout } from "node:process"

const columns = stdout.columns ?? 80
const colour = stdout.isTTY && !process.env["NO_COLOR"]
const paint = (code: number) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)

// Who reads this through a pipe may have seen enough.
stdout.on("error", () => process.exit())

export const bold = paint(1)
export const dim = paint(2)
export const green = paint(32)
export const cyan = paint(36)

export const title = (text: string) => stdout.write(`\n${bold(text)}\n`)

export const rule = (text: string) =>
  stdout.write(
    `\n${cyan("━━")} ${bold(text)} ${cyan("━".repeat(Math.max(0, Math.min(64, columns) - text.length - 4)))}\n\n`
  )

export const line = (label: string, text: string) => stdout.write(`  ${dim(label.padEnd(11))} ${text}\n`)

/** What is left of a line for cells, beside a label and a few words. */
const width = Math.max(4, Math.min(24, columns - 32))
const cells = (done: number) => "█".repeat(done) + dim("░".repeat(width - done))

/** Draws progress in place on a terminal, and only its end elsewhere. */
export const bar = (label: string, progress: number, total: number, message: string) => {
  const text = `  ${dim(label.padEnd(11))} ${green(cells(Math.round((progress / total) * width)))} ${progress}/${total} ${dim(message)}`
  if (stdout.isTTY) stdout.write(`\r\u001b[2K${text}`)
  if (progress >= total) stdout.write(stdout.isTTY ? "\n" : `${text}\n`)
}
