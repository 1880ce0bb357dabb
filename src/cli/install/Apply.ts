/** Makes a change, or shows it. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as ConfigFile from "../hosts/ConfigFile.ts"
import type { Change } from "../hosts/Servers.ts"
import * as Diff from "../terminal/Diff.ts"
import * as Style from "../terminal/Style.ts"

export const apply = Effect.fnUntraced(function* (
  { after, before, file }: Change,
  dryRun: boolean,
  done: string
) {
  if (before === after) return yield* Console.log(`Nothing to change in ${file}`)
  const style = yield* Style.on("stdout")
  if (!dryRun) {
    yield* ConfigFile.write(file, after)
    yield* Console.log(`${style.green("✓")} ${done}: ${file}`)
    return before === undefined
      ? undefined
      : yield* Console.log(style.dim(`  The previous version is ${ConfigFile.backupOf(file)}`))
  }
  yield* Console.log(`${style.bold(file)}${before === undefined ? " (new)" : ""}`)
  yield* Console.log(Diff.render(before ?? "", after, style))
})
