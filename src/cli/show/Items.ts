/** What servers list, as rows of a table. */
import type * as Client from "../../client/Client.ts"
import { printable } from "../terminal/Style.ts"
import type { Row } from "../terminal/Table.ts"
import * as Signature from "./Signature.ts"

export const tool = ({ description, inputSchema, name, title }: Client.Tool): Row => ({
  left: name,
  right: lines(description ?? title, Signature.of(inputSchema))
})

export const resource = ({ description, mimeType, name, uri }: Client.Resource): Row => ({
  left: uri,
  right: lines(description ?? name, mimeType)
})

export const template = ({ description, mimeType, name, uriTemplate }: Client.ResourceTemplate): Row => ({
  left: uriTemplate,
  right: lines(description ?? name, mimeType)
})

export const prompt = ({ arguments: args = [], description, name, title }: Client.Prompt): Row => ({
  left: name,
  right: lines(
    description ?? title,
    args.map(({ name, required }) => `${name}${required === true ? "" : "?"}`).join(", ")
  )
})

const lines = (...parts: ReadonlyArray<string | undefined>) =>
  printable(parts.filter((part) => part !== undefined && part !== "").join("\n"))
