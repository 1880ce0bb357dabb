/** From `file.ts:export` to something that can be served. */
import * as Effect from "effect/Effect"
import * as Import from "./Import.ts"
import * as Reference from "./Reference.ts"
import { resolve } from "./Resolve.ts"
import * as Source from "./Source.ts"

/** Loads a server. What it needs lives as long as the scope. */
export const load = Effect.fnUntraced(function* (target: string) {
  const reference = Reference.parse(target)
  const file = yield* Source.locate(reference.file)
  return yield* resolve(yield* Import.load(file), { ...reference, file })
})
