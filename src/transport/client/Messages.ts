/** Messages in the texts HTTP carries: a body or an event has one, or, in 2025-03-26, a batch. */
import * as Effect from "effect/Effect"
import type { Outbox } from "../../Connection.ts"
import * as JsonRpc from "../../protocol/JsonRpc.ts"

/** The messages of a text; none if it is no JSON. What is no message is left out. */
export const read = (text: string): ReadonlyArray<JsonRpc.Message> => {
  const value = parse(text)
  const decoded = Array.isArray(value) ? value.map(JsonRpc.decode) : [JsonRpc.decode(value)]
  return decoded.filter((message): message is JsonRpc.Message => !JsonRpc.isInvalid(message))
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Passes on what belongs to a request and gives back its response, if that is among the messages. */
export const settle = (
  messages: ReadonlyArray<JsonRpc.Message>,
  id: JsonRpc.Id,
  outbox: Outbox["Service"]
): Effect.Effect<JsonRpc.Response | undefined> => {
  const [first] = messages
  if (messages.length === 1 && first !== undefined) {
    return JsonRpc.isResponse(first)
      ? Effect.succeed(answers(first, id))
      : Effect.as(outbox.say(first), undefined)
  }
  let response: JsonRpc.Response | undefined
  const said = messages.filter((message): message is JsonRpc.Notification | JsonRpc.Request => {
    if (!JsonRpc.isResponse(message)) return true
    response ??= answers(message, id)
    return false
  })
  return Effect.as(Effect.forEach(said, outbox.say, { discard: true }), response)
}

/** A response on the request's own way that names no request can only mean this one. */
const answers = (response: JsonRpc.Response, id: JsonRpc.Id): JsonRpc.Response | undefined => {
  if (response.id === id) return response
  return response.id === undefined && JsonRpc.isFailure(response)
    ? JsonRpc.failure(id, response.error)
    : undefined
}
