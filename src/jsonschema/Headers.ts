/**
 * Which arguments of a tool are mirrored into HTTP headers: properties annotated with `x-mcp-header`.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/server/tools#x-mcp-header
 */
import { isObject } from "../protocol/JsonRpc.ts"
import type { Document } from "./Keywords.ts"
import { subschemas } from "./Keywords.ts"

/** One mirrored argument: the name after `Mcp-Param-`, and the way to the argument. */
export interface HeaderField {
  readonly name: string
  readonly path: ReadonlyArray<string>
}

export interface Headers {
  readonly fields: ReadonlyArray<HeaderField>
  /** Why clients on HTTP must not use a tool with this schema, one sentence for each fault. */
  readonly faults: ReadonlyArray<string>
}

/** Reads the annotations of an input schema. Only properties reached through `properties` alone may have one. */
export const headers = (schema: Document): Headers => {
  const found = collect(schema, [], true)
  const names = found.map(({ name }) => String(name).toLowerCase())
  return {
    fields: found.map(({ name, path }) => ({ name: String(name), path })),
    faults: found.flatMap((field, index) => {
      const fault = faultOf(field) ?? (names.indexOf(names[index]!) < index ? "is used twice" : undefined)
      return fault === undefined ? [] : [`x-mcp-header ${JSON.stringify(field.name)} ${fault}`]
    })
  }
}

interface Found {
  readonly name: unknown
  readonly path: ReadonlyArray<string>
  readonly schema: Document
  readonly reachable: boolean
}

const collect = (schema: Document, path: ReadonlyArray<string>, reachable: boolean): ReadonlyArray<Found> => {
  const own = Object.hasOwn(schema, keyword) ? [{ name: schema[keyword], path, schema, reachable }] : []
  const inner = subschemas(schema).flatMap(({ path: step, schema: member }) => {
    if (!isObject(member)) return []
    const isProperty = step[0] === "properties"
    return collect(member, isProperty ? [...path, step[1]!] : path, reachable && isProperty)
  })
  return [...own, ...inner]
}

const keyword = "x-mcp-header"

const faultOf = ({ name, path, reachable, schema }: Found): string | undefined => {
  if (typeof name !== "string" || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return "is not an HTTP token"
  if (!reachable || path.length === 0) return "is not on a property reached through properties alone"
  return ["boolean", "integer", "string"].includes(schema["type"] as string)
    ? undefined
    : "is on an argument that is no string, integer or boolean"
}
