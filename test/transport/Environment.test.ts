import { assert, describe, it } from "@effect/vitest"
import * as Environment from "../../src/transport/Environment.ts"

const ours = {
  HOME: "/home/me",
  LOGNAME: "me",
  PATH: "/bin",
  SHELL: "/bin/sh",
  TERM: "xterm",
  USER: "me",
  AWS_SECRET_ACCESS_KEY: "canary",
  NODE_OPTIONS: "--require=./evil.js"
}

describe("Environment", () => {
  it("S177: a child gets the six harmless variables of POSIX and no other", () => {
    const { AWS_SECRET_ACCESS_KEY: _, NODE_OPTIONS: __, ...harmless } = ours
    assert.deepStrictEqual(Environment.make("linux", ours), harmless)
  })

  it("S177: a child gets the harmless variables of Windows, however they are spelled", () => {
    const windows = {
      Path: "C:\\Windows",
      SystemRoot: "C:\\Windows",
      TEMP: "C:\\t",
      HOME: "no",
      Secret: "canary"
    }
    assert.deepStrictEqual(Environment.make("win32", windows), {
      Path: "C:\\Windows",
      SystemRoot: "C:\\Windows",
      TEMP: "C:\\t"
    })
  })

  it("S177: a value that is a shell function is skipped", () => {
    assert.deepStrictEqual(Environment.make("linux", { TERM: "() { :; }; echo pwned", USER: "me" }), {
      USER: "me"
    })
  })

  it("S177: own variables are merged on top, and may be anything", () => {
    assert.deepStrictEqual(
      Environment.make("linux", { USER: "me", PATH: "/bin" }, { PATH: "/opt", TOKEN: "()" }),
      {
        USER: "me",
        PATH: "/opt",
        TOKEN: "()"
      }
    )
  })

  it("S177: on Windows an own Path replaces the inherited PATH instead of standing beside it", () => {
    assert.deepStrictEqual(Environment.make("win32", { PATH: "C:\\a" }, { Path: "C:\\b" }), { Path: "C:\\b" })
  })

  it("S177: an own variable that is undefined is as good as not given", () => {
    assert.deepStrictEqual(Environment.make("linux", { USER: "me" }, { USER: undefined }), { USER: "me" })
  })
})
