/** A conversation with a server: lines from a person or a pipe, each done before the next is read. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Terminal from "effect/Terminal"
import * as Session from "../client/Session.ts"
import { LineEditor } from "../LineEditor.ts"
import { Machine } from "../Machine.ts"
import * as Report from "../Report.ts"
import * as Commands from "./Commands.ts"
import { complete } from "./Completion.ts"
import * as History from "./History.ts"
import { split } from "./Split.ts"

export interface Input extends Session.Flags {
  readonly target: Option.Option<string>
}

export const shell = Effect.fnUntraced(function* ({ target, ...flags }: Input) {
  const { terminals } = yield* Machine
  const session = yield* Session.open(Option.getOrUndefined(target), flags)
  const { client, screen } = session
  yield* Effect.forkScoped(tell(session))
  const settings: Commands.Settings = { json: flags.json, save: undefined }
  const report = Report.as(flags.json)
  const interactive = terminals.stdin && terminals.stderr
  const next = interactive
    ? yield* edited(session)
    : Effect.flatMap(Terminal.Terminal, ({ readLine }) => readLine)
  if (interactive)
    screen.say(
      screen.style.dim(`${client.server.info.name} ${client.server.info.version}. help lists the commands`)
    )

  const turn = Effect.gen(function* () {
    const words = split(yield* next)
    if (words[0] === "quit" || words[0] === "exit") return false
    if (words.length > 0) yield* Effect.catch(Commands.run(session, words, settings), report)
    return true
  })
  yield* Effect.ignore(Effect.repeat(turn, { while: (goesOn: boolean) => goesOn }))
}, Effect.scoped)

/** Lines as they are typed, remembered from one shell to the next. */
const edited = Effect.fnUntraced(function* (session: Session.Session) {
  const editor = yield* LineEditor
  let history: ReadonlyArray<string> = yield* History.read
  yield* Effect.addFinalizer(() => History.write(history))
  const prompt = session.screen.style.bold("mcp> ")
  return Effect.suspend(() =>
    editor.readLine({ prompt, history, complete: (line) => complete(session, line) })
  ).pipe(
    Effect.tap((line) =>
      Effect.sync(() => {
        if (line.trim() !== "") history = [line, ...history.filter((each) => each !== line)]
      })
    )
  )
})

/** Says what the server says changed, for as long as the shell is open. */
const tell = ({ client, screen }: Session.Session) =>
  Stream.runForEach(
    client.listen({ toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true }),
    ({ method }) =>
      Effect.sync(() => screen.say(screen.style.dim(`${method.split("/")[1] ?? method} changed`)))
  ).pipe((heard) => Effect.ignore(heard))
