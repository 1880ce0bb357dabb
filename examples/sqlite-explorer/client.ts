/** Makes a small database, and lets the server show it. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Client from "mcp-effect/Client"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"

/** A file that is gone when the scope closes. */
const seeded = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "sqlite-explorer-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
  ),
  (folder) => {
    const path = join(folder, "database.db")
    const database = new DatabaseSync(path)
    database.exec(`
      CREATE TABLE moon (name TEXT NOT NULL, radius REAL);
      INSERT INTO moon VALUES ('Io', 1821.6), ('Europa', 1560.8);
    `)
    database.close()
    return path
  }
)

const program = Effect.gen(function* () {
  const client = yield* Client.connect(
    {
      command: process.execPath,
      args: [...process.execArgv, fileURLToPath(new URL("server.ts", import.meta.url)), yield* seeded],
      stderr: "ignore"
    },
    { name: "explorer", version: "1.0.0" }
  )
  const { contents } = yield* client.readResource("schema://main")
  yield* Console.log(contents.map((item) => ("text" in item ? item.text : item.uri)).join())
  for (const sql of [
    "SELECT * FROM moon ORDER BY radius",
    "SELECT * FROM sun",
    "DROP TABLE moon",
    "SELECT count(*) AS moons FROM moon"
  ]) {
    const { content, isError = false } = yield* client.callTool("query_data", { sql })
    const said = content.map((block) => ("text" in block ? block.text : block.type)).join()
    yield* Console.log(`> ${sql}\n${isError ? `refused: ${said}` : said}`)
  }
})

Effect.scoped(program).pipe(NodeRuntime.runMain)
