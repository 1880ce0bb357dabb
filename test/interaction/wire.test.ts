/** What the wire must look like, whatever is said: read off a conversation in which everything is. */
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as JsonRpc from "mcp-effect/JsonRpc"
import * as Revisions from "mcp-effect/Revisions"
import { accept, judge, resultNames } from "../protocol/judge.ts"
import * as spec from "../spec.ts"
import { layer as conversation, type Message, Wire } from "./wire.ts"

const isRequest = ({ id, method }: Message) => id !== undefined && method !== undefined
const isResponse = ({ method }: Message) => method === undefined
const sides = ["client", "server"] as const
const other = { client: "server", server: "client" } as const
const meta = ({ params }: Message) => (params?.["_meta"] ?? {}) as JsonRpc.Params
const reserved = (name: string) => `io.modelcontextprotocol/${name}`

for (const { era, version } of Revisions.all) {
  describe(`the wire at ${version}`, () => {
    layer(conversation(version), { excludeTestServices: true })((it) => {
      /** A test of all that was said. */
      const said = (title: string, test: (messages: ReadonlyArray<Message>) => void) =>
        it.effect(title, () => Effect.map(Wire, ({ messages }) => test(messages)))

      it.effect("BASE-4, STDIO-1: is UTF-8, one message a line", () =>
        Effect.map(Wire, ({ bytes, messages }) => {
          for (const side of sides) {
            const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes[side])
            const lines = text.split("\n")
            assert.strictEqual(lines.pop(), "", "the last line is ended, too")
            assert.strictEqual(lines.length, messages.filter(({ from }) => from === side).length)
            assert.include(text, "é 漢 🧵", `${side} said it as it is`)
          }
        })
      )

      said("BASE-1, STDIO-2, STDIO-3: is nothing but JSON-RPC 2.0, and no batches (BASE-17)", (messages) => {
        for (const message of messages) {
          assert.strictEqual(message.jsonrpc, "2.0")
          const kinds = [message.method, message.result, message.error].filter((kind) => kind !== undefined)
          assert.lengthOf(kinds, 1, JSON.stringify(message))
        }
      })

      if (spec.present) {
        /** Judges every message, and every result by the method it answers. */
        const accepted = (messages: ReadonlyArray<Message>, official: ReturnType<typeof judge>) => {
          const asked = new Map<string, Message>()
          for (const { from, ...message } of messages) {
            if (isRequest({ from, ...message })) asked.set(`${from} ${message.id}`, { from, ...message })
            const definition = message.method === undefined ? undefined : official.ofMethod(message.method)
            if (definition !== undefined) accept(definition, message.method!, message)
            if (message.result === undefined) continue
            const { method = "" } = asked.get(`${other[from]} ${message.id}`) ?? {}
            const name =
              message.result["resultType"] === "input_required" ? "InputRequiredResult" : resultNames[method]
            if (name !== undefined) accept(official.definition(name), name, message.result)
          }
        }

        said("BASE-1, CONF-14, XPORT-2: each message is valid by the revision's own schema", (messages) => {
          const official = judge(version)
          for (const { from: _, ...message } of messages) {
            accept(official.definition("JSONRPCMessage"), "JSONRPCMessage", message)
          }
          accepted(messages, official)
        })

        said("LIFE-13: nothing is said that the revision has no word for", (messages) =>
          accepted(messages, judge(version, { closed: true }))
        )
      }

      said("BASE-5, BASE-6, BASE-7, BASE-8: no id of a sender comes twice, and none is null", (messages) => {
        for (const side of sides) {
          const ids = messages.flatMap((message) =>
            message.from === side && isRequest(message) ? [message.id] : []
          )
          assert.strictEqual(new Set(ids).size, ids.length)
          assert.isTrue(ids.every((id) => typeof id === "string" || Number.isSafeInteger(id)))
        }
      })

      said("BASE-9, BASE-15: what is answered is a request, once, by its id", (messages) => {
        const cancelled = new Set(
          messages.flatMap(({ method, params }) =>
            method === "notifications/cancelled" ? [params?.["requestId"]] : []
          )
        )
        for (const side of sides) {
          const asked = messages.flatMap((message) =>
            message.from === side && isRequest(message) ? [message.id] : []
          )
          const answered = messages.flatMap((message) =>
            message.from === other[side] && isResponse(message) ? [message.id] : []
          )
          assert.strictEqual(new Set(answered).size, answered.length)
          const open = asked.filter((id) => !answered.includes(id))
          assert.isTrue(open.every((id) => cancelled.has(id)))
          assert.isTrue(answered.every((id) => asked.includes(id)))
        }
      })

      said("BASE-10, BASE-11, BASE-12: a response is a result or an error with a whole code", (messages) => {
        for (const message of messages.filter(isResponse)) {
          assert.notStrictEqual(message.result === undefined, message.error === undefined)
          if (message.error === undefined) continue
          assert.isTrue(Number.isInteger(message.error.code))
          assert.isString(message.error.message)
        }
      })

      // Before, what a model has to be told about its arguments had no other place.
      if (version >= "2025-11-25") {
        said("BASE-13: an error is said in one short sentence", (messages) => {
          const errors = messages.flatMap(({ error }) => (error === undefined ? [] : [error.message]))
          assert.isAbove(errors.length, 4)
          for (const message of errors) {
            assert.notInclude(message, "\n")
            assert.isBelow(message.length, 160, message)
          }
        })
      }

      said("BASE-14: a notification has no id", (messages) => {
        const notifications = messages.filter(({ method }) => method?.startsWith("notifications/") === true)
        assert.isAbove(notifications.length, 4)
        for (const notification of notifications) assert.notProperty(notification, "id")
      })

      said("STDIO-9, STDIO-11: a call is cancelled by its id, and nothing more said of it", (messages) => {
        const at = messages.findIndex(
          ({ from, method }) => method === "notifications/cancelled" && from === "client"
        )
        const id = messages[at]?.params?.["requestId"]
        const call = messages.find((message) => message.from === "client" && message.id === id)
        assert.strictEqual(call?.params?.["name"], "forever")
        const later = messages.slice(at + 1).filter(({ from }) => from === "server")
        assert.isTrue(later.every((message) => message.id !== id))
        const token = meta(call!)["progressToken"]
        assert.isTrue(later.every(({ params }) => params?.["progressToken"] !== token))
      })

      said(
        "ERR-1, ERR-2, ERR-4, ERR-5, ERR-8: codes are JSON-RPC's, the revision's, or the handler's own",
        (messages) => {
          const codes = messages.flatMap(({ error }) => (error === undefined ? [] : [error.code]))
          const unknown = version === "2026-07-28" ? -32602 : -32002
          assert.sameMembers(
            [...new Set(codes)].filter((code) => code !== -32600),
            [...new Set([1234, -32603, -32602, -32601, unknown])]
          )
        }
      )

      if (era === "stateless") stateless(said)
      else stateful(said, version)
    })
  })
}

type Said = (title: string, test: (messages: ReadonlyArray<Message>) => void) => void

const stateless = (said: Said) => {
  said("BASE-3: there are requests, rounds of questions, and subscriptions", (messages) => {
    const results = messages.flatMap(({ result }) => (result === undefined ? [] : [result["resultType"]]))
    assert.includeMembers(results, ["complete", "input_required"])
    const told = messages.flatMap(({ from, method }) => (from === "server" ? [method] : []))
    assert.includeMembers(told, [
      "notifications/subscriptions/acknowledged",
      "notifications/tools/list_changed",
      "notifications/resources/updated"
    ])
  })

  said("BASE-18, META-12: every result says how to read it, and who gave it", (messages) => {
    for (const { result } of messages) {
      if (result === undefined) continue
      assert.oneOf(result["resultType"], ["complete", "input_required"])
      const info = (result["_meta"] as JsonRpc.Params)[reserved("serverInfo")] as JsonRpc.Params
      assert.strictEqual(info["name"], "everything")
    }
  })

  said(
    "BASE-22, BASE-23, BASE-24, STDIO-6, STDIO-7: only clients ask, and only servers answer",
    (messages) => {
      assert.isTrue(messages.filter(isRequest).every(({ from }) => from === "client"))
      assert.isTrue(messages.filter(isResponse).every(({ from }) => from === "server"))
      const notifications = messages.filter((message) => !isRequest(message) && !isResponse(message))
      assert.sameMembers([...new Set(notifications.map(({ from }) => from))], ["client", "server"])
    }
  )

  said("META-7, META-8, STATE-1: every request explains itself", (messages) => {
    for (const message of messages.filter(isRequest)) {
      assert.strictEqual(meta(message)[reserved("protocolVersion")], "2026-07-28")
      assert.isObject(meta(message)[reserved("clientCapabilities")])
      assert.deepStrictEqual(meta(message)[reserved("clientInfo")], { name: "wire", version: "1.0.0" })
    }
  })

  said("META-14, STDIO-8: what is told for a subscription carries its id", (messages) => {
    const { id } = messages.find(({ method }) => method === "subscriptions/listen")!
    const told = messages.filter(({ method }) => /acknowledged$|list_changed$|updated$/.test(method ?? ""))
    assert.lengthOf(told, 3)
    for (const message of told) assert.strictEqual(meta(message)[reserved("subscriptionId")], id)
  })

  said("ERR-6: -32002 and -32042 are not said", (messages) => {
    assert.isTrue(messages.every(({ error }) => error?.code !== -32002 && error?.code !== -32042))
  })
}

const stateful = (said: Said, version: string) => {
  said("BASE-2, LIFE-1, LIFE-4, XPORT-1: a handshake comes first", (messages) => {
    assert.deepStrictEqual(
      messages.slice(0, 3).map(({ from, method }) => [from, method]),
      [
        ["client", "initialize"],
        ["server", undefined],
        ["client", "notifications/initialized"]
      ]
    )
    assert.lengthOf(
      messages.filter(({ method }) => method === "initialize"),
      1
    )
  })

  said("LIFE-12, LIFE-13: nothing is said that the revision has not", (messages) => {
    const revision = Revisions.find(version)!
    for (const { from, method } of messages) {
      if (method === undefined || method.includes("example.com")) continue
      const { notifications, requests } = from === "client" ? revision.fromClient : revision.fromServer
      assert.isTrue(notifications.has(method) || requests.has(method), `${from}: ${method}`)
    }
    for (const { result } of messages) assert.notProperty(result ?? {}, "resultType")
  })

  said(
    "BASE-2, LIFE-6: a server asks, on the way to its answer, and not before the handshake is over",
    (messages) => {
      const asked = messages.filter((message) => message.from === "server" && isRequest(message))
      const asks = version >= "2025-06-18" ? ["elicitation/create"] : []
      assert.sameMembers(
        [...new Set(asked.map(({ method }) => method))],
        [...asks, "sampling/createMessage", "roots/list"]
      )
      const begun = messages.findIndex(({ method }) => method === "notifications/initialized")
      assert.isTrue(
        messages.slice(0, begun).every((message) => message.from === "client" || isResponse(message))
      )
    }
  )
}
