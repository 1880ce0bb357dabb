/** The example chatbot as its README says, with a model whose words are written beforehand. */
import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { root } from "./cli/binary.ts"

interface Asked {
  readonly messages: ReadonlyArray<{ readonly role: string; readonly content: string }>
  readonly tools: ReadonlyArray<{ readonly function: { readonly name: string; readonly parameters: object } }>
}

const call = (name: string, args: object) => ({
  content: null,
  tool_calls: [{ id: `call_${name}`, type: "function", function: { name, arguments: JSON.stringify(args) } }]
})

/** A model that is busy at first, calls two tools, and then says what they said. */
const script: ReadonlyArray<(asked: Asked) => object | number> = [
  () => 503,
  () => call("echo_echo", { message: "hi" }),
  () => call("library_find_book", { id: 7 }),
  ({ messages }) => ({
    content: messages
      .filter(({ role }) => role === "tool")
      .map(({ content }) => content)
      .join("; ")
  }),
  () => 400,
  ({ messages }) => ({ content: `${messages.filter(({ role }) => role === "user").length} questions` })
]

const model = async () => {
  const asked: Array<Asked & { readonly authorization: string | undefined }> = []
  const server = createServer(async (request, response) => {
    const body: Asked = JSON.parse(await text(request))
    const answer = script[asked.length]?.(body) ?? 500
    asked.push({ ...body, authorization: request.headers.authorization })
    if (typeof answer === "number") response.writeHead(answer).end()
    else
      response
        .setHeader("content-type", "application/json")
        .end(JSON.stringify({ choices: [{ message: answer }] }))
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return { asked, url, [Symbol.dispose]: () => (server.closeAllConnections(), server.close()) }
}

describe("chatbot", () => {
  it("S159: lets a model use the tools of all its servers, asks again when it is busy, and survives its faults", async () => {
    using llm = await model()
    const child = spawn(process.execPath, ["examples/chatbot/client.ts"], {
      cwd: root,
      env: { ...process.env, LLM_URL: llm.url, LLM_MODEL: "fake", LLM_API_KEY: "t0ps3cret" },
      stdio: ["pipe", "pipe", "inherit"]
    })
    child.stdin.end("Say hi and find book 7\nAnd now?\nHow many?\nquit\nnot heard\n")
    const [output] = await Promise.all([text(child.stdout), once(child, "close")])
    assert.strictEqual(child.exitCode, 0, output)
    assert.notInclude(output, "t0ps3cret")
    assert.deepStrictEqual(output.replace(/fails: .* \(400 .*\)/, "fails: 400").split("\n"), [
      "Tools: echo_echo, library_find_book, library_search, library_add_book",
      '  echo_echo {"message":"hi"}',
      '  library_find_book {"id":7}',
      "Tool echo: hi; NoSuchBook: There is no book 7. Use search to find the ids that exist.",
      '{"id":7}',
      "The model fails: 400",
      "2 questions",
      ""
    ])
    assert.lengthOf(llm.asked, script.length)
    const [first] = llm.asked
    assert.strictEqual(first?.authorization, "Bearer t0ps3cret")
    assert.deepInclude(first?.tools[0]?.function, { name: "echo_echo" })
    assert.deepInclude(first?.tools[0]?.function.parameters, { required: ["message"] })
    assert.deepStrictEqual(
      llm.asked[3]?.messages.map(({ role }) => role),
      ["system", "user", "assistant", "tool", "assistant", "tool"]
    )
  }, 60_000)
})
