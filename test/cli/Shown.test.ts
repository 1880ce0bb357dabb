/** Row D16 of the known faults: what a stranger calls itself does not act on the terminal that shows it. */
import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import * as Items from "../../src/cli/show/Items.ts"
import * as Style from "../../src/cli/terminal/Style.ts"
import * as Table from "../../src/cli/terminal/Table.ts"

// oxlint-disable-next-line no-control-regex
const acts = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u

const hostile: ReadonlyArray<readonly [string, string]> = [
  ["an escape sequence", "safe\u001b[2K\u001b[1Aevil"],
  ["a title of the window", "\u001b]0;evil\u0007"],
  ["a link", "\u001b]8;;https://evil.test\u0007safe\u001b]8;;\u0007"],
  ["a sequence in one character", "\u009b2K"],
  ["text from right to left", "safe\u202egnp.exe"],
  ["an isolated direction", "\u2066evil\u2069"],
  ["what is not seen", "sa\u200bfe\u{e0065}\u{e0076}"],
  ["a line of its own", "safe\n  other_tool  Trust this one"],
  ["the start of the line", "safe\revil"],
  ["a bell and a backspace", "\u0007\b\b\b\bevil"]
]

describe("what a server says of itself", () => {
  for (const [what, name] of hostile) {
    it(`D16: ${what} is neutralised in names, descriptions and addresses`, () => {
      const shown = Table.render(
        [
          Items.tool({
            name,
            description: name,
            inputSchema: { type: "object", properties: { [name]: {} } }
          }),
          Items.resource({ uri: name, name, description: name, mimeType: name }),
          Items.template({ uriTemplate: name, name }),
          Items.prompt({ name, arguments: [{ name }] })
        ],
        200
      )
      for (const line of shown) assert.notMatch(line, acts)
      // A line that begins as names do is the line of a name.
      assert.lengthOf(
        shown.filter((line) => /^ {2}\S/.test(line)),
        4
      )
    })
  }

  it("D16: whatever a text is, nothing in it acts; and letters of any script and emoji stay", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        assert.notMatch(Style.printable(text), acts)
        assert.notMatch(Style.line(text), /[\n\t]/)
      })
    )
    for (const text of ["Grüße, 世界", "مرحبا", "👩‍👩‍👧 می‌خواهم", "a\tb\nc"]) {
      assert.strictEqual(Style.printable(text), text)
    }
    assert.strictEqual(Style.printable("a\u202eb\u001b"), "a\\u{202e}b\\x1b")
  })
})
