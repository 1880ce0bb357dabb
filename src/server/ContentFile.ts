/**
 * Content from files, through Effect's FileSystem service. Apart from `Content` so that a server without files does
 * not load it.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Content from "./Content.ts"
import * as MimeTypes from "./MimeTypes.ts"

type FromFile<A> = Effect.Effect<A, Content.ContentError | PlatformError, FileSystem.FileSystem>

/**
 * An image from a file. What it is, its bytes tell, not its name.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Tool from "mcp-effect/Tool"
 * import * as ContentFile from "mcp-effect/ContentFile"
 *
 * export const logo = Tool.handle(Tool.make("logo"), () => Effect.orDie(ContentFile.image("assets/logo.png")))
 * ```
 */
export const image = (path: string, options?: Content.MediaOptions): FromFile<Content.Block> =>
  read(path, (bytes) => Content.image(bytes, options))

/** Audio from a file. */
export const audio = (path: string, options?: Content.MediaOptions): FromFile<Content.Block> =>
  read(path, (bytes) => Content.audio(bytes, options))

/**
 * A file as an embedded resource: as text when its MIME type is one of text, otherwise as bytes. Its extension tells
 * the MIME type unless the options do.
 */
export const resource = (
  path: string,
  options: { readonly uri: string; readonly mimeType?: string } & Content.Options
): FromFile<Content.Block> => {
  const mimeType = options.mimeType ?? MimeTypes.ofName(path)
  const named = mimeType === undefined ? options : { ...options, mimeType }
  return read(path, (bytes) => Content.resource({ ...named, ...MimeTypes.decode(bytes, mimeType) }))
}

const read = (path: string, build: (bytes: Uint8Array) => Content.Block): FromFile<Content.Block> =>
  Effect.flatMap(FileSystem.FileSystem, (files) =>
    Effect.flatMap(files.readFile(path), (bytes) =>
      Effect.try({
        try: () => build(bytes),
        catch: (error) =>
          error instanceof Content.ContentError
            ? new Content.ContentError({ message: `${path}: ${error.message}` })
            : new Content.ContentError({ message: `${path} could not be read as content.` })
      })
    )
  )
