/** A library of books in SQLite: an Effect service that opens its database once and closes it once. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { DatabaseSync } from "node:sqlite"

export const Book = Schema.Struct({ id: Schema.Int, title: Schema.String, author: Schema.String })
export type Book = typeof Book.Type

export class NoSuchBook extends Schema.TaggedError<NoSuchBook>()("NoSuchBook", { id: Schema.Int }) {
  override get message() {
    return `There is no book ${this.id}. Use search to find the ids that exist.`
  }
}

const open = Effect.acquireRelease(
  Effect.as(Effect.logInfo("database opened"), new DatabaseSync(":memory:")),
  (database) =>
    Effect.andThen(
      Effect.sync(() => database.close()),
      Effect.logInfo("database closed")
    )
)

export class Library extends Context.Service<
  Library,
  {
    readonly find: (id: number) => Effect.Effect<Book, NoSuchBook>
    readonly search: (words: string) => Effect.Effect<ReadonlyArray<Book>>
    readonly add: (title: string, author: string) => Effect.Effect<Book>
  }
>()("example/Library") {
  static readonly layer = Layer.effect(
    Library,
    Effect.gen(function* () {
      const database = yield* open
      database.exec("CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT NOT NULL, author TEXT NOT NULL)")
      const one = database.prepare("SELECT id, title, author FROM book WHERE id = ?")
      const some = database.prepare("SELECT id, title, author FROM book WHERE title LIKE ? ORDER BY id")
      const insert = database.prepare(
        "INSERT INTO book (title, author) VALUES (?, ?) RETURNING id, title, author"
      )
      const book = Schema.decodeUnknownSync(Book)
      return Library.of({
        find: (id) =>
          Effect.suspend(() => {
            const row = one.get(id)
            return row === undefined ? Effect.fail(new NoSuchBook({ id })) : Effect.succeed(book(row))
          }),
        search: (words) => Effect.sync(() => some.all(`%${words}%`).map((row) => book(row))),
        add: (title, author) => Effect.sync(() => book(insert.get(title, author)))
      })
    })
  )
}
