/** Lets a model look around in a SQLite database, and change nothing. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Resource from "mcp-effect/Resource"
import * as Server from "mcp-effect/Server"
import * as StdioServer from "mcp-effect/StdioServer"
import * as Tool from "mcp-effect/Tool"
import { DatabaseSync } from "node:sqlite"

const path = process.argv[2] ?? "database.db"

/** What SQLite has against a statement, for the model to read. */
class SqlError extends Schema.TaggedError<SqlError>()("SqlError", { message: Schema.String }) {}

/**
 * The rows of one statement. SQLite itself keeps the file as it is, and what a statement does to its connection, such
 * as attaching another file, ends with it.
 */
const query = (sql: string) =>
  Effect.try({
    try: () => {
      const database = new DatabaseSync(path, { readOnly: true })
      try {
        return database.prepare(sql).all()
      } finally {
        database.close()
      }
    },
    catch: (error) => new SqlError({ message: error instanceof Error ? error.message : String(error) })
  })

const QueryData = Tool.make("query_data", {
  description: "Run a SELECT against the database, one row a line",
  input: { sql: Schema.String },
  output: Schema.String,
  failure: SqlError,
  annotations: { readOnlyHint: true, openWorldHint: false }
})

const tables = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"

const server = Server.make(
  { name: "sqlite-explorer", version: "1.0.0" },
  Resource.make("schema://main", { name: "schema", description: "The tables, as they were created" }, () =>
    Effect.map(Effect.orDie(query(tables)), (rows) => rows.map(({ sql }) => `${sql};`).join("\n"))
  ),
  Tool.handle(QueryData, ({ sql }) =>
    Effect.map(query(sql), (rows) => rows.map((row) => JSON.stringify(row)).join("\n"))
  )
)

StdioServer.launch(server)
