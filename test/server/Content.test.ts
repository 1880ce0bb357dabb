import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { fileURLToPath } from "node:url"
import * as Content from "../../src/server/Content.ts"
import * as ContentFile from "../../src/server/ContentFile.ts"
import { agrees, sniff } from "../../src/server/Mime.ts"

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const png = bytes("\u0089PNG\r\n\u001a\n and the rest")
const wav = bytes("RIFF\0\0\0\0WAVEfmt ")

const refusal = (make: () => unknown): string => {
  try {
    make()
  } catch (error) {
    assert.instanceOf(error, Content.ContentError)
    return (error as Error).message
  }
  return "accepted"
}

describe("the MIME type of bytes", () => {
  const table: ReadonlyArray<readonly [mimeType: string | undefined, begin: string]> = [
    ["image/png", "\u0089PNG\r\n\u001a\n"],
    ["image/jpeg", "\u00ff\u00d8\u00ff\u00e0"],
    ["image/gif", "GIF89a"],
    ["image/gif", "GIF87a"],
    ["image/webp", "RIFF\0\0\0\0WEBPVP8 "],
    ["image/avif", "\0\0\0 ftypavif"],
    ["image/heic", "\0\0\0 ftypheic"],
    ["image/bmp", "BM6\0"],
    ["image/tiff", "II*\0"],
    [
      "image/svg+xml",
      '<?xml version="1.0"?>\n<!-- made by hand -->\n<svg xmlns="http://www.w3.org/2000/svg">'
    ],
    ["image/svg+xml", "<svg>"],
    ["audio/wav", "RIFF\0\0\0\0WAVEfmt "],
    ["audio/mpeg", "ID3\u0004"],
    ["audio/mpeg", "\u00ff\u00fb\u0090"],
    ["audio/aac", "\u00ff\u00f1\u0050"],
    ["audio/ogg", "OggS\0"],
    ["audio/flac", "fLaC\0"],
    ["audio/mp4", "\0\0\0 ftypM4A "],
    ["audio/mp4", "\0\0\0 ftypdash"],
    ["audio/webm", "\u001aE\u00df\u00a3"],
    ["audio/midi", "MThd"],
    ["application/pdf", "%PDF-1.7"],
    [undefined, "plain text"],
    [undefined, "<html><svg>"],
    [undefined, ""]
  ]
  for (const [mimeType, begin] of table) {
    it(`S067: ${JSON.stringify(begin.slice(0, 16))} is ${mimeType ?? "nothing we know"}`, () => {
      assert.strictEqual(sniff(bytes(begin)), mimeType)
    })
  }

  it("S067: other names of the same type agree; a known type does not agree with unknown bytes", () => {
    assert.isTrue(agrees("image/jpg", "image/jpeg"))
    assert.isTrue(agrees("Audio/X-WAV; codecs=1", "audio/wav"))
    assert.isTrue(agrees("image/x-rare", undefined))
    assert.isFalse(agrees("image/png", undefined))
    assert.isFalse(agrees("image/png", "image/jpeg"))
  })

  it("S067: what is no image and no sound is what it is said to be, whatever it begins like", () => {
    const mp4 = bytes("\0\0\0\u0020ftypisom\0\0\u0002\0")
    const webm = bytes("\u001a\u0045\u00df\u00a3")
    const table = [
      ["video/mp4", mp4],
      ["video/webm", webm],
      ["application/octet-stream", bytes("%PDF-1.7")],
      ["text/plain", bytes("BMW is a brand of cars")],
      ["application/xml", bytes("<svg >")]
    ] as const
    for (const [mimeType, data] of table) {
      assert.nestedPropertyVal(
        Content.resource({ uri: "a:b", bytes: data, mimeType }),
        "resource.mimeType",
        mimeType
      )
    }
    for (const mimeType of ["image/x-rare", "audio/3gpp", "application/pdf"]) {
      assert.throws(() => Content.resource({ uri: "a:b", bytes: bytes("GIF89a"), mimeType }), /is image\/gif/)
    }
  })
})

describe("Content", () => {
  it("S067: an image from bytes knows its type", () => {
    assert.deepStrictEqual<unknown>(Content.image(png, { annotations: { priority: 1 } }), {
      type: "image",
      data: Buffer.from(png).toString("base64"),
      mimeType: "image/png",
      annotations: { priority: 1 }
    })
  })

  it("S067: an image from Base64 is not encoded again", () => {
    const data = Buffer.from(png).toString("base64")
    assert.deepStrictEqual<unknown>(Content.image(data), { type: "image", data, mimeType: "image/png" })
  })

  it("S067: audio", () => {
    assert.strictEqual(Content.audio(wav)["mimeType"], "audio/wav")
    assert.strictEqual(Content.audio(wav, { mimeType: "audio/x-wav" })["mimeType"], "audio/x-wav")
  })

  it("S068: data that contradicts its declared type is refused", () => {
    assert.strictEqual(
      refusal(() => Content.image(png, { mimeType: "image/jpeg" })),
      "The data is declared as image/jpeg, but is image/png."
    )
  })

  it("S068: raw pixels are no image", () => {
    const pixels = new Uint8Array([1, 2, 3, 4])
    assert.include(
      refusal(() => Content.image(pixels, { mimeType: "image/png" })),
      "does not begin like it"
    )
    assert.include(
      refusal(() => Content.image(pixels)),
      "begins like no known image format"
    )
  })

  it("S068: sound is no image", () => {
    assert.strictEqual(
      refusal(() => Content.image(wav)),
      "The data is audio/wav, not image."
    )
    assert.strictEqual(
      refusal(() => Content.audio(png)),
      "The data is image/png, not audio."
    )
  })

  it("S068: text that is no Base64 is refused", () => {
    assert.strictEqual(
      refusal(() => Content.image("not base64!")),
      "The data is not Base64."
    )
    assert.strictEqual(
      refusal(() => Content.image(`${Buffer.from(png).toString("base64")}$`)),
      "The data is not Base64."
    )
  })

  it("a rare type is taken at its word", () => {
    assert.strictEqual(Content.image(bytes("??"), { mimeType: "image/x-rare" })["mimeType"], "image/x-rare")
  })

  it("embedded resources carry text or bytes, and not both", () => {
    assert.deepStrictEqual<unknown>(
      Content.resource({ uri: "a:b", text: "x", mimeType: "text/plain", _meta: { "e.com/k": 1 } }),
      {
        type: "resource",
        resource: { uri: "a:b", mimeType: "text/plain", text: "x" },
        _meta: { "e.com/k": 1 }
      }
    )
    assert.deepStrictEqual<unknown>(Content.resource({ uri: "a:b", bytes: png })["resource"], {
      uri: "a:b",
      mimeType: "image/png",
      blob: Buffer.from(png).toString("base64")
    })
    assert.include(
      refusal(() => Content.resource({ uri: "a:b" })),
      "needs either text or bytes"
    )
    assert.include(
      refusal(() => Content.resource({ uri: "a:b", bytes: png, mimeType: "audio/wav" })),
      "but is image/png"
    )
  })

  it("PRMT-5: an embedded resource always says its MIME type, and has a URI", () => {
    const mimeTypeOf = (block: Content.Block) => block.type === "resource" && block.resource.mimeType
    assert.strictEqual(mimeTypeOf(Content.resource({ uri: "a:b", text: "x" })), "text/plain")
    assert.strictEqual(
      mimeTypeOf(Content.resource({ uri: "a:b", bytes: bytes("??") })),
      "application/octet-stream"
    )
    assert.include(
      refusal(() => Content.resource({ uri: "notes", text: "x" })),
      '"notes" is not a URI'
    )
    assert.include(
      refusal(() => Content.link({ uri: "my notes", name: "x" })),
      '"my notes" is not a URI'
    )
  })

  it("links and text take annotations", () => {
    assert.deepStrictEqual<unknown>(Content.link({ uri: "a:b", name: "b", size: 3 }), {
      type: "resource_link",
      uri: "a:b",
      name: "b",
      size: 3
    })
    assert.deepStrictEqual<unknown>(Content.text("x", { annotations: { audience: ["user"] } }), {
      type: "text",
      text: "x",
      annotations: { audience: ["user"] }
    })
  })
})

describe("ContentFile", () => {
  const withFile = <A, E>(
    data: Uint8Array,
    use: (path: string) => Effect.Effect<A, E, FileSystem.FileSystem>
  ) =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const path = yield* files.makeTempFileScoped()
      yield* files.writeFile(path, data)
      return yield* use(path)
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))

  it.effect("S067: an image and sound from a file", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* withFile(png, (path) => ContentFile.image(path)))["mimeType"], "image/png")
      assert.strictEqual((yield* withFile(wav, (path) => ContentFile.audio(path)))["mimeType"], "audio/wav")
    })
  )

  it.effect("S068: a file that is something else fails, and says which", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(withFile(wav, (path) => ContentFile.image(path)))
      assert.strictEqual(error._tag, "ContentError")
      assert.include(error.message, "The data is audio/wav, not image.")
    })
  )

  it.effect("a file as a resource is text or bytes by its type", () =>
    Effect.gen(function* () {
      const json = yield* withFile(bytes("{}"), (path) =>
        ContentFile.resource(path, { uri: "a:b", mimeType: "application/json" })
      )
      assert.deepStrictEqual<unknown>(json["resource"], {
        uri: "a:b",
        mimeType: "application/json",
        text: "{}"
      })
      const image = yield* withFile(png, (path) => ContentFile.resource(path, { uri: "a:b" }))
      assert.property(image["resource"], "blob")
      const named = yield* ContentFile.resource(fileURLToPath(import.meta.url), { uri: "a:b" }).pipe(
        Effect.provide(NodeFileSystem.layer)
      )
      assert.deepInclude(named["resource"], { mimeType: "text/x-typescript" })
      assert.property(named["resource"], "text")
    })
  )

  it.effect("a file that is not there fails as the file system says", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Effect.provide(ContentFile.image("/nowhere/at/all.png"), NodeFileSystem.layer)
      )
      assert.strictEqual(error._tag, "PlatformError")
    })
  )
})
