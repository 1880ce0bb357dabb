import * as Schema from "effect/Schema"
import * as Tool from "mcp-effect/Tool"
import { Book, NoSuchBook } from "./Library.ts"

export const FindBook = Tool.make("find_book", {
  description: "Find a book by its id",
  input: { id: Schema.Int },
  output: Book,
  failure: NoSuchBook
})

export const Search = Tool.make("search", {
  description: "Find books whose title contains the words",
  input: { words: Schema.String },
  output: Schema.Struct({ books: Schema.Array(Book) })
})

export const AddBook = Tool.make("add_book", {
  description: "Put a book into the library",
  input: { title: Schema.String, author: Schema.String },
  output: Book
})
