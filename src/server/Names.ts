/**
 * Names the protocol has rules for, besides those of tools: of extensions, and of keys in `_meta`. A name that breaks
 * them is refused where the server is made.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic#meta
 */
import * as Meta from "../protocol/Meta.ts"
import type { Part } from "./Part.ts"

/** Throws at the first name that is malformed. */
export const check = <R>(parts: ReadonlyArray<Part<R>>): void => {
  for (const part of parts) {
    if (!("_tag" in part)) throw new Error(unhandled(part))
    if (part._tag === "Extension") {
      Meta.checkExtension(part.id)
      check<R>(part.parts)
    } else if ("descriptor" in part) {
      Meta.checkKeys(Meta.of(part.descriptor), `the ${part._tag} "${part.descriptor.name}"`)
    }
  }
}

/** What the compiler would have said: the contract of a tool is no part of a server yet. */
const unhandled = (contract: { readonly name?: unknown }): string =>
  `The tool ${JSON.stringify(contract.name)} has no handler: Tool.handle makes a part of it`
