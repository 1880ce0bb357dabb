/** Makes a change, or shows it. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as ConfigFile from "../hosts/ConfigFile.ts"
import type { Change } from "../hosts/Servers.ts"
import * as Diff from "../terminal/Diff.ts"
import * as Style from "../terminal/Style.ts"

export const apply = Effect.fnUntraced(function* <E, R>(
  change: Effect.Effect<Change, E, R>,
  dryRun: boolean,
  done: string
) {
  const { after, before, file } = yield* change
  if (before === after) return yield* Console.log(`Nothing to change in ${file}`)
  const style = yield* Style.on("stdout")
  if (!dryRun) {
    // Somebody else may have changed the file just now: what is written is what comes out of the file then.
    const backup = yield* ConfigFile.exclusively(
      file,
      Effect.flatMap(change, (now) => ConfigFile.write(file, now.after))
    )
    yield* Console.log(`${style.green("✓")} ${done}: ${file}`)
    return backup === undefined
      ? undefined
      : yield* Console.log(style.dim(`  The previous version is ${backup}`))
  }
  yield* Console.log(`${style.bold(file)}${before === undefined ? " (new)" : ""}`)
  yield* Console.log(Diff.render(before ?? "", after, style))
})
