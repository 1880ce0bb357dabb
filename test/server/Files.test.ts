import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import * as Files from "../../src/server/Files.ts"
import { isPlainPath } from "../../src/server/PathSafety.ts"
import * as Server from "../../src/server/Server.ts"
import { ask, refused } from "./ask.ts"

const info = { name: "demo", version: "1.0.0" }

/** A directory `docs` with some files, and a secret beside it. */
const disk = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const root = yield* fs.makeTempDirectoryScoped()
  const at = (...parts: ReadonlyArray<string>) => path.join(root, ...parts)
  yield* fs.makeDirectory(at("docs", "deep"), { recursive: true })
  yield* fs.makeDirectory(at("docs-evil"))
  yield* fs.writeFileString(at("docs", "a.md"), "# A")
  yield* fs.writeFileString(at("docs", "deep", "b c.json"), "{}")
  yield* fs.writeFileString(at("docs", ".env"), "SECRET=1")
  yield* fs.writeFile(at("docs", "i.png"), new Uint8Array([137, 80]))
  yield* fs.writeFile(at("docs", "broken.txt"), new Uint8Array([255, 254]))
  yield* fs.writeFileString(at("secret.txt"), "hunter2")
  yield* fs.writeFileString(at("docs-evil", "x.txt"), "hunter2")
  return { fs, at }
})
const contents = <R>(server: Server.Server<R>, uri: string) =>
  Effect.map(ask(server, "resources/read", { uri }), ({ result }) => result["contents"])

const onDisk = (
  title: string,
  test: () => Effect.Effect<void, unknown, NodeServices.NodeServices | Scope.Scope>
) => it.effect(title, () => Effect.provide(test(), NodeServices.layer))

describe("Files", () => {
  onDisk("S042: a file is text or bytes by its extension, read anew each time", () =>
    Effect.gen(function* () {
      const { at, fs } = yield* disk
      const server = Server.make(
        info,
        Files.file("doc://a", at("docs", "a.md"), { title: "A" }),
        Files.file("doc://i", at("docs", "i.png")),
        Files.file("doc://gone", at("docs", "gone.md")),
        Files.file("doc://small", at("docs", "a.md"), { maxSize: 2 })
      )
      assert.deepStrictEqual(yield* contents(server, "doc://a"), [
        { uri: "doc://a", mimeType: "text/markdown", text: "# A" }
      ])
      yield* fs.writeFileString(at("docs", "a.md"), "# B")
      assert.deepStrictEqual(yield* contents(server, "doc://a"), [
        { uri: "doc://a", mimeType: "text/markdown", text: "# B" }
      ])
      assert.deepStrictEqual(yield* contents(server, "doc://i"), [
        { uri: "doc://i", mimeType: "image/png", blob: "iVA=" }
      ])
      assert.strictEqual((yield* refused(server, "resources/read", { uri: "doc://gone" })).code, -32602)
      assert.match((yield* refused(server, "resources/read", { uri: "doc://small" })).message, /too large/)
    })
  )

  onDisk("a file that is too large is not read to find that out", () =>
    Effect.gen(function* () {
      const { at, fs } = yield* disk
      // More than one read could hold, and nothing but a hole on the disk.
      yield* fs.truncate(at("docs", "a.md"), 5_000_000_000)
      const server = Server.make(info, Files.file("doc://a", at("docs", "a.md")))
      assert.match(
        (yield* refused(server, "resources/read", { uri: "doc://a" })).message,
        /too large .* 5000000000 bytes/
      )
    })
  )

  onDisk("S042: the MIME type of a directory is that of its files, and not of their list", () =>
    Effect.gen(function* () {
      const { at } = yield* disk
      const server = Server.make(
        info,
        ...Files.directory("doc://all", at("docs"), { mimeType: "text/x-note" })
      )
      assert.nestedPropertyVal(yield* contents(server, "doc://all"), "[0].mimeType", "application/json")
      assert.deepStrictEqual(yield* contents(server, "doc://all/a.md"), [
        { uri: "doc://all/a.md", mimeType: "text/x-note", text: "# A" }
      ])
      const { result } = yield* ask(server, "resources/templates/list")
      assert.nestedPropertyVal(result, "resourceTemplates[0].mimeType", "text/x-note")
    })
  )

  onDisk("S042: a directory lists what is below it, and each file can be read", () =>
    Effect.gen(function* () {
      const { at } = yield* disk
      const server = Server.make(info, ...Files.directory("doc://all", at("docs"), { name: "docs" }))
      const files = ["a.md", "broken.txt", "deep/b c.json", "i.png"].map((name) => ({
        uri: `doc://all/${name.replace(" ", "%20")}`,
        name
      }))
      assert.deepStrictEqual(yield* contents(server, "doc://all"), [
        { uri: "doc://all", mimeType: "application/json", text: JSON.stringify({ files }, null, 2) }
      ])
      const { result } = yield* ask(server, "resources/list")
      assert.deepStrictEqual(result["resources"], [
        { uri: "doc://all", name: "docs", mimeType: "application/json" },
        ...files
      ])
      assert.deepStrictEqual(yield* contents(server, "doc://all/deep/b%20c.json"), [
        { uri: "doc://all/deep/b%20c.json", mimeType: "application/json", text: "{}" }
      ])
      assert.deepStrictEqual(yield* contents(server, "doc://all/broken.txt"), [
        { uri: "doc://all/broken.txt", mimeType: "text/plain", blob: "//4=" }
      ])
    })
  )

  onDisk("F1, F5, RSRC-14: no name leads out of the directory", () =>
    Effect.gen(function* () {
      const { at } = yield* disk
      const server = Server.make(info, ...Files.directory("doc://all", at("docs")))
      for (const name of [
        "../secret.txt",
        "%2e%2e/secret.txt",
        "%252e%252e/secret.txt",
        "deep/../../secret.txt",
        "deep%2F..%2F..%2Fsecret.txt",
        "..%5Csecret.txt",
        "../docs-evil/x.txt",
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
        "a.md%00.png",
        "a.md/",
        "a.md/x",
        "deep",
        "deep/",
        "..",
        ".",
        "",
        ".env",
        "deep/../.env"
      ]) {
        const fault = yield* refused(server, "resources/read", { uri: `doc://all/${name}` })
        assert.strictEqual(fault.code, -32602, name)
        assert.notInclude(JSON.stringify(fault), "hunter2", name)
      }
    })
  )

  onDisk("F2, RSRC-14: links that lead out are neither listed nor followed; links that stay inside are", () =>
    Effect.gen(function* () {
      const { at, fs } = yield* disk
      yield* fs.symlink(at("secret.txt"), at("docs", "leak.txt"))
      yield* fs.symlink(at("docs-evil"), at("docs", "evil"))
      yield* fs.symlink(at("docs", "a.md"), at("docs", "same.md"))
      yield* fs.link(at("secret.txt"), at("docs", "hard.txt"))
      const server = Server.make(info, ...Files.directory("doc://all", at("docs")))
      const listing = JSON.stringify(yield* contents(server, "doc://all"))
      for (const name of ["leak.txt", "evil/x.txt", "hard.txt"]) {
        assert.strictEqual(
          (yield* refused(server, "resources/read", { uri: `doc://all/${name}` })).code,
          -32602,
          name
        )
        assert.notInclude(listing, name)
      }
      assert.deepStrictEqual(yield* contents(server, "doc://all/same.md"), [
        { uri: "doc://all/same.md", mimeType: "text/markdown", text: "# A" }
      ])
    })
  )

  onDisk(
    "F2, RSRC-14: a directory that is swapped between check and open gives nothing of what is outside",
    () =>
      Effect.gen(function* () {
        const { at, fs } = yield* disk
        yield* fs.writeFileString(at("docs", "deep", "x.txt"), "inside")
        const server = Server.make(info, ...Files.directory("doc://all", at("docs")))
        const read = refused(server, "resources/read", { uri: "doc://all/deep/x.txt" })
        const swap = Effect.andThen(
          fs.rename(at("docs", "deep"), at("docs", "was-deep")),
          fs.symlink(at("docs-evil"), at("docs", "deep"))
        )
        const swapBack = Effect.andThen(
          fs.remove(at("docs", "deep")),
          fs.rename(at("docs", "was-deep"), at("docs", "deep"))
        )
        const swapping = (afterwards: Effect.Effect<unknown, PlatformError>) =>
          FileSystem.FileSystem.of({
            ...fs,
            open: (path, options) =>
              Effect.andThen(
                swap,
                Effect.tap(fs.open(path, options), () => afterwards)
              )
          })
        const left = yield* Effect.provideService(read, FileSystem.FileSystem, swapping(Effect.void))
        assert.strictEqual(left.code, -32602)
        yield* swapBack
        const restored = yield* Effect.provideService(read, FileSystem.FileSystem, swapping(swapBack))
        assert.strictEqual(restored.code, -32602)
      })
  )

  it("F1: names that some system reads as something else are not plain", () => {
    for (const name of [
      "",
      "/a",
      "\\\\server\\share",
      "\\\\?\\C:\\x",
      "C:\\x",
      "C:x",
      "a\\b",
      "a/../b",
      "./a",
      "a//b",
      "a/",
      "a.txt:stream",
      "PROGRA~1",
      "PROGRA~1.TXT",
      "a.",
      "a ",
      "nul",
      "COM1.txt",
      "a\u0000b",
      "a\nb",
      "%2e%2e/a",
      "a%2Fb"
    ]) {
      assert.isFalse(isPlainPath(name), JSON.stringify(name))
    }
    for (const name of ["a", "a/b/c.txt", "é.md", "a b", "..a", "a..b", "~a", "100%.txt", "console.log"]) {
      assert.isTrue(isPlainPath(name), JSON.stringify(name))
    }
  })
})
