/** `BROWSER` names another program to open pages with, as many programs have it. */
import * as Effect from "effect/Effect"
import type { BrowserOptions } from "mcp-effect/NodeInteraction"
import { spawn } from "node:child_process"

const program = process.env["BROWSER"]

export const browser: BrowserOptions =
  program === undefined
    ? {}
    : {
        open: (url) =>
          Effect.sync(() => {
            spawn(program, [url], { stdio: "inherit" })
          })
      }
