/** Tables under titles, on stdout. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Terminal from "effect/Terminal"
import { Machine } from "../Machine.ts"
import * as Style from "../terminal/Style.ts"
import * as Table from "../terminal/Table.ts"

export interface Section {
  readonly title: string | undefined
  readonly rows: ReadonlyArray<Table.Row>
  /** What to say if there are no rows. */
  readonly none: string
}

export const print = Effect.fnUntraced(function* (sections: ReadonlyArray<Section>) {
  const { terminals } = yield* Machine
  const terminal = yield* Terminal.Terminal
  const style = yield* Style.on("stdout")
  // What goes into a pipe is for programs that read lines: they are not broken.
  const columns = terminals.stdout ? yield* terminal.columns : Number.POSITIVE_INFINITY
  const pages = sections.map(({ none, rows, title }) =>
    [
      ...(title === undefined ? [] : [style.bold(title[0]!.toUpperCase() + title.slice(1))]),
      ...(rows.length === 0 ? [style.dim(none)] : Table.render(rows, columns, style.cyan))
    ].join("\n")
  )
  yield* Console.log(pages.length === 0 ? style.dim("nothing") : pages.join("\n\n"))
})
