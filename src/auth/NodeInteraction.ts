/** Asks the user from a program on their own machine: in their browser, or by hand. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { once } from "node:events"
import { createInterface } from "node:readline"
import type { Readable, Writable } from "node:stream"
import * as Loopback from "../http/Loopback.ts"
import { Interaction, InteractionError } from "./Interaction.ts"
import * as Shown from "./Interaction.ts"
import * as NodeBrowser from "./NodeBrowser.ts"
import * as NodeCallback from "./NodeCallback.ts"

export interface BrowserOptions {
  /**
   * Where the browser comes back to on this machine. Default: `http://127.0.0.1/callback`, on any port that is free;
   * with a port, on that one. The host is `127.0.0.1`, `[::1]` or `localhost`.
   */
  readonly redirectUri?: string
  /** Opens a page in another way. When it fails, the user is told to open it. */
  readonly open?: (url: string) => Effect.Effect<void, InteractionError>
  /** Tells the user what to open when it could not be opened. Default: writes to stderr. */
  readonly tell?: (text: string) => Effect.Effect<void>
}

/**
 * Opens the browser, and listens on this machine until it comes back. The listener takes one answer and is gone with
 * the sign-in it was for.
 *
 * Dies when `redirectUri` is not on this machine.
 *
 * @example
 * ```ts
 * import * as NodeInteraction from "mcp-effect/NodeInteraction"
 *
 * // For authorization servers that know the client by one redirect URI.
 * export const OnPort3000 = NodeInteraction.layerBrowser({ redirectUri: "http://localhost:3000/callback" })
 * ```
 */
export const layerBrowser = (options: BrowserOptions = {}): Layer.Layer<Interaction> =>
  Layer.sync(Interaction, () => {
    const { open = NodeBrowser.open, redirectUri = "http://127.0.0.1/callback", tell = toStderr } = options
    const place = placeOf(redirectUri)
    return Interaction.of({
      open: (preferred) =>
        Effect.map(listen(place, preferred), (callback) => ({
          redirectUri: callback.redirectUri,
          show: ({ state, url }) => {
            const opened = Effect.catch(open(url), () => tell(`Open this page to sign in: ${url}`))
            return Effect.map(
              Effect.all([callback.wait(state), opened], { concurrency: 2 }),
              ([answer]) => answer
            )
          }
        }))
    })
  })

export interface PasteOptions {
  /** Where the browser is sent to, and shows what to paste. Default: `http://127.0.0.1/callback`. */
  readonly redirectUri?: string
  /** Default: stdin. */
  readonly input?: Readable
  /** Default: stderr. */
  readonly output?: Writable
}

/**
 * Prints the page to open, wherever there is a browser, and takes the URL that it ends at, which shows an error there:
 * for machines one is logged in to from somewhere else.
 */
export const layerPaste = (options: PasteOptions = {}): Layer.Layer<Interaction> => {
  const {
    input = process.stdin,
    output = process.stderr,
    redirectUri = "http://127.0.0.1/callback"
  } = options
  return Shown.layer({
    redirectUri,
    show: (url) => write(output, `Open this page to sign in: ${url}\nPaste the address it ends at: `),
    returned: line(input)
  })
}

/** Where the client is known to listen, if that is free; else anywhere that fits. */
const listen = (
  place: NodeCallback.Place,
  preferred: string | undefined
): Effect.Effect<NodeCallback.Callback, InteractionError, Scope.Scope> => {
  const before = URL.parse(preferred ?? "")
  return before !== null &&
    place.port === 0 &&
    before.protocol === "http:" &&
    before.hostname === place.host &&
    before.pathname === place.path &&
    before.port !== ""
    ? Effect.catch(NodeCallback.listen({ ...place, port: Number(before.port) }), () =>
        NodeCallback.listen(place)
      )
    : NodeCallback.listen(place)
}

const placeOf = (redirectUri: string): NodeCallback.Place => {
  const url = URL.parse(redirectUri)
  if (url?.protocol !== "http:" || !Loopback.names.includes(url.hostname)) {
    throw new Error(`The redirect URI ${redirectUri} is not http on 127.0.0.1, [::1] or localhost`)
  }
  return { host: url.hostname, port: Number(url.port), path: url.pathname }
}

const toStderr = (text: string) => Effect.sync(() => void process.stderr.write(`${text}\n`))

const write = (output: Writable, text: string) => Effect.sync(() => void output.write(text))

/** One line. What comes after it is left to others only if it has not been read already. */
const line = (input: Readable): Effect.Effect<string, InteractionError> =>
  Effect.tryPromise({
    try: async (signal) => {
      const lines = createInterface({ input, terminal: false })
      try {
        const [text] = (await Promise.race([
          once(lines, "line", { signal }),
          once(lines, "close", { signal }).then(() => [""])
        ])) as [string]
        return text
      } finally {
        lines.close()
      }
    },
    catch: (cause) => new InteractionError({ message: "Nothing was pasted", cause })
  })
