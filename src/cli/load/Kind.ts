/** What an exported value is, told by its shape: it may come from another copy of this package, or of Effect. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Server } from "../../server/Server.ts"

/**
 * What these need, only their own file knows. They are taken to have it; a service that is missing after all shows
 * when it is asked for.
 */
export type AnyLayer = Layer.Layer<unknown, unknown>
export type AnyEffect = Effect.Effect<unknown, unknown, Scope.Scope>

export const isServer = (value: unknown): value is Server =>
  typeof value === "object" &&
  value !== null &&
  "handle" in value &&
  typeof value.handle === "function" &&
  "hear" in value &&
  "capabilities" in value &&
  "info" in value

export const isLayer = (value: unknown): value is AnyLayer => Layer.isLayer(value)

export const isEffect = (value: unknown): value is AnyEffect => Effect.isEffect(value) && !isLayer(value)

/** Whether a value can turn out to be a server. */
export const isCandidate = (value: unknown): boolean =>
  isServer(value) || isLayer(value) || isEffect(value) || isFunction(value) || value instanceof Promise

export const isFunction = (value: unknown): value is () => unknown =>
  typeof value === "function" && !/^class\b/.test(Function.prototype.toString.call(value))

/** A value in words, for somebody who exported the wrong one. */
export const describe = (value: unknown): string => {
  if (value === null) return "null"
  if (Array.isArray(value)) return "an array"
  if (isServer(value)) return "a server"
  if (isLayer(value)) return "a Layer"
  if (isEffect(value)) return "an Effect"
  if (isFunction(value)) return "a function"
  if (typeof value === "function") return "a class"
  if (typeof value !== "object") return value === undefined ? "undefined" : `a ${typeof value}`
  const tag = "_tag" in value && typeof value._tag === "string" ? value._tag : value.constructor?.name
  if (tag === "Tool" || tag === "Prompt" || tag === "Resource" || tag === "ResourceTemplate")
    return `a ${tag.toLowerCase()}, which is a part of a server`
  if ("connect" in value && "close" in value) return `a ${tag} of another library`
  return tag === undefined || tag === "Object" ? "an object" : `a ${tag}`
}
