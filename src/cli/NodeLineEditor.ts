/** Edits lines with Node's readline, which draws on stderr: stdout is for results. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Terminal from "effect/Terminal"
import { createInterface } from "node:readline"
import { LineEditor } from "./LineEditor.ts"

const readLine: LineEditor["Service"]["readLine"] = ({ complete, history, prompt }) =>
  Effect.callback<string, Terminal.QuitError>((resume) => {
    const editor = createInterface({
      input: process.stdin,
      output: process.stderr,
      terminal: true,
      history: [...history],
      removeHistoryDuplicates: true,
      tabSize: 4,
      completer: (line: string, done: (error: null, result: [Array<string>, string]) => void) => {
        Effect.runFork(Effect.map(complete(line), ({ typed, words }) => done(null, [[...words], typed])))
      }
    })
    editor.setPrompt(prompt)
    editor.prompt()
    let answered = false
    editor.on("line", (line) => {
      answered = true
      editor.close()
      resume(Effect.succeed(line))
    })
    // Ctrl-C takes back what was typed; where nothing was, it leaves.
    editor.on("SIGINT", () => {
      if (editor.line === "") return editor.close()
      editor.write(null, { ctrl: true, name: "e" })
      editor.write(null, { ctrl: true, name: "u" })
    })
    editor.on("close", () => {
      if (answered) return
      process.stderr.write("\n")
      resume(Effect.fail(new Terminal.QuitError({})))
    })
    return Effect.sync(() => editor.close())
  })

export const layer: Layer.Layer<LineEditor> = Layer.succeed(LineEditor, { readLine })
