/** Opens a page in the user's browser. No shell reads the URL, whatever is in it. */
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import * as AddressClass from "./client/AddressClass.ts"
import { InteractionError } from "./Interaction.ts"

export interface Command {
  readonly file: string
  readonly args: ReadonlyArray<string>
}

/** What opens a URL on a platform: one program, and the URL as the last of its arguments. */
export const command = (platform: NodeJS.Platform, url: string): Command => {
  switch (platform) {
    case "darwin":
      return { file: "open", args: [url] }
    case "win32":
      return { file: "rundll32.exe", args: ["url.dll,FileProtocolHandler", url] }
    default:
      return { file: "xdg-open", args: [url] }
  }
}

/**
 * The URL of a page that may be opened: https, or http on this machine. Other schemes start programs, and a page that
 * comes over the network in clear text is whoever's who stands in between.
 */
export const page = (text: string): URL | undefined => {
  const url = URL.parse(text)
  if (url?.protocol === "https:") return url
  return url?.protocol === "http:" && AddressClass.isLoopbackHost(url.hostname) ? url : undefined
}

/**
 * Starts the browser and does not wait for it. Fails when there is none. The URL is written anew by a URL parser, and
 * is http or https, so it is one argument that is no option. `program` takes the place of what the platform has.
 */
export const open = (text: string, program?: string): Effect.Effect<void, InteractionError> =>
  Effect.callback<void, InteractionError>((resume) => {
    const url = page(text)
    if (url === undefined) {
      const message = "Only pages that are https, or on this machine, are opened"
      return resume(Effect.fail(new InteractionError({ message })))
    }
    const { args, file } =
      program === undefined ? command(process.platform, url.href) : { file: program, args: [url.href] }
    const child = spawn(file, args, { detached: true, stdio: "ignore", windowsHide: true })
    child.on("error", (cause) =>
      resume(Effect.fail(new InteractionError({ message: "The browser could not be started", cause })))
    )
    child.on("spawn", () => {
      child.unref()
      resume(Effect.void)
    })
    return undefined
  })
