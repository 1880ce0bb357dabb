import { assert, describe, it } from "@effect/vitest"
import * as StdioCommand from "../../src/transport/StdioCommand.ts"

const windows = (...files: ReadonlyArray<string>): StdioCommand.Surroundings => ({
  platform: "win32",
  env: { Path: "C:\\tools;C:\\node", PATHEXT: ".COM;.EXE;.BAT;.CMD", ComSpec: "C:\\Windows\\cmd.exe" },
  cwd: "D:\\project",
  exists: (file) => files.includes(file)
})

const cmd = (...words: ReadonlyArray<string>): StdioCommand.Command => ({
  file: "C:\\Windows\\cmd.exe",
  args: ["/d", "/s", "/c", `"${words.join(" ")}"`],
  verbatim: true
})

describe("StdioCommand", () => {
  it("S179: POSIX commands are left to the operating system, metacharacters and all", () => {
    const around = { ...windows(), platform: "linux" } as const
    assert.deepStrictEqual(StdioCommand.resolve("npx", ["a b", "$(x)", "; y"], around), {
      file: "npx",
      args: ["a b", "$(x)", "; y"]
    })
  })

  it("S179: an .exe in PATH is run as it is", () => {
    assert.deepStrictEqual(StdioCommand.resolve("node", ["x y"], windows("C:\\node\\node.exe")), {
      file: "C:\\node\\node.exe",
      args: ["x y"]
    })
  })

  it("S179: a name without ending finds the .cmd file that package managers install", () => {
    assert.deepStrictEqual(
      StdioCommand.resolve("npx", ["-y", "server"], windows("C:\\node\\npx.cmd")),
      cmd("C:\\node\\npx.cmd", '^^^"-y^^^"', '^^^"server^^^"')
    )
  })

  it("S179: the first folder of PATH wins, and within it the order of PATHEXT", () => {
    const around = windows("C:\\node\\x.exe", "C:\\tools\\x.cmd", "C:\\tools\\x.bat")
    assert.deepStrictEqual(StdioCommand.resolve("x", [], around), cmd("C:\\tools\\x.bat"))
  })

  it("S179: a path is looked up from the working directory, not in PATH", () => {
    const around = windows("D:\\project\\bin\\x.cmd", "C:\\tools\\bin\\x.cmd")
    assert.deepStrictEqual(StdioCommand.resolve("bin\\x", [], around), cmd("D:\\project\\bin\\x.cmd"))
  })

  it("S179: a .ps1 file is run by PowerShell", () => {
    assert.deepStrictEqual(StdioCommand.resolve("x", ["a"], windows("C:\\tools\\x.ps1")), {
      file: "powershell.exe",
      args: ["-NoProfile", "-ExecutionPolicy", "Bypass", "-File", "C:\\tools\\x.ps1", "a"]
    })
  })

  it("S179: a command that is not found is left to fail", () => {
    assert.deepStrictEqual(StdioCommand.resolve("nope", ["a"], windows()), { file: "nope", args: ["a"] })
  })

  it("F7: nothing in an argument of a batch file is read by cmd.exe", () => {
    const { args } = StdioCommand.resolve(
      "x",
      ['" & calc & "', "%PATH%", "a^b", "c\\"],
      windows("C:\\tools\\x.cmd")
    )
    const line = args[3] ?? ""
    for (const special of line.slice(1, -1).matchAll(/[()\][%!"`<>&|;,*?]/g)) {
      assert.strictEqual(line.slice(special.index - 2, special.index + 1), `^^^`, `before ${special[0]}`)
    }
  })

  it("S179: the whole tree of a process is ended by its id", () => {
    assert.deepStrictEqual(StdioCommand.killTree(42), { file: "taskkill", args: ["/PID", "42", "/T", "/F"] })
  })
})
