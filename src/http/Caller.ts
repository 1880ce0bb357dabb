/**
 * Who is calling, for those who must tell callers apart without knowing what a guard knows: sessions, sealed state,
 * event replay, tasks and caches belong to one caller, and are "not found" for any other.
 */
import * as Context from "effect/Context"

/**
 * An identity that cannot be chosen by the caller. Guards that authenticate a request set it in what they admit with;
 * without any, every caller is the same one.
 */
export const Caller = Context.Reference<string>("mcp-effect/http/Caller", { defaultValue: () => "" })
