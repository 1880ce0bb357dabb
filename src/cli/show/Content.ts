/** Content blocks and resource contents in words. What is no text is saved where somebody wants it, or described. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as Client from "../../client/Client.ts"
import { extensionOf } from "../../server/MimeTypes.ts"
import * as Failure from "../Failure.ts"
import { Machine } from "../Machine.ts"
import * as Style from "../terminal/Style.ts"

export interface Options {
  /** What files are called after. */
  readonly name: string
  /** Where to put bytes, if anywhere. */
  readonly save: string | undefined
}

/** One block in words. */
export const block = (content: Client.ContentBlock, options: Options) => {
  switch (content.type) {
    case "text":
      return text(content.text)
    case "image":
    case "audio":
      return bytes(content.data, content.mimeType, options)
    case "resource":
      return resource(content.resource, options)
    case "resource_link": {
      const { mimeType, name, uri } = content
      return text(`${name}: ${uri}${mimeType === undefined ? "" : ` (${mimeType})`}`)
    }
  }
}

export const resource = (
  contents: { readonly uri: string; readonly mimeType?: string | undefined } & (
    | { readonly text: string }
    | { readonly blob: string }
  ),
  options: Options
) =>
  "text" in contents
    ? text(contents.text)
    : bytes(contents.blob, contents.mimeType ?? "application/octet-stream", options)

/** As it is into a pipe; without what drives a terminal into one. */
export const text = (words: string) =>
  Effect.map(Machine, ({ terminals }) => (terminals.stdout ? Style.printable(words) : words))

const bytes = Effect.fnUntraced(function* (base64: string, mimeType: string, { name, save }: Options) {
  const data = Buffer.from(base64, "base64")
  const what = `${mimeType}, ${size(data.length)}`
  if (save === undefined) return `[${Style.printable(what)}; --save DIR keeps it]`
  const file = yield* write(save, name, extensionOf(mimeType) ?? "bin", data)
  return `[${Style.printable(what)}: ${file}]`
})

/** Under a name that is free: nothing is overwritten. */
const write = Effect.fnUntraced(function* (save: string, name: string, extension: string, data: Uint8Array) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { cwd } = yield* Machine
  const directory = path.resolve(cwd, save)
  const stem = name.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[.-]+/, "") || "content"
  const attempt = (number: number): Effect.Effect<string, Failure.Failure> => {
    const file = path.join(directory, `${stem}-${number}.${extension}`)
    return fs.writeFile(file, data, { flag: "wx" }).pipe(
      Effect.as(file),
      Effect.catch((error) =>
        error.reason._tag === "AlreadyExists"
          ? attempt(number + 1)
          : Effect.fail(Failure.usage(`Cannot write ${file}: ${error.message}`))
      )
    )
  }
  yield* Effect.ignore(fs.makeDirectory(directory, { recursive: true }))
  return yield* attempt(1)
})

const size = (count: number) =>
  count < 1000
    ? `${count} bytes`
    : count < 1_000_000
      ? `${(count / 1000).toFixed(1)} kB`
      : `${(count / 1_000_000).toFixed(1)} MB`
