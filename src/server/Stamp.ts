/** What every result carries: how to read it, and who gave it. */
import * as JsonRpc from "../protocol/JsonRpc.ts"
import type { Info } from "./Server.ts"
import type { Result } from "./Part.ts"

const key = "io.modelcontextprotocol/serverInfo"

/** How a server introduces itself to a peer. */
export const serverInfo = ({ instructions: _instructions, ...info }: Info) => info

/** A result says how to read the rest of it. */
export const complete = (result: Result): Result =>
  Object.hasOwn(result, "resultType") ? result : { resultType: "complete", ...result }

/** The same, and names the server. Results made ahead of time pass unchanged. */
export const named = (info: Info) => {
  const self = serverInfo(info)
  const _meta = { [key]: self }
  return (result: Result): Result => {
    const given = result["_meta"]
    if (given === undefined) return { resultType: "complete", ...result, _meta }
    if (given === _meta) return result
    return {
      resultType: "complete",
      ...result,
      _meta: { ...(JsonRpc.isObject(given) ? given : {}), ..._meta }
    }
  }
}
