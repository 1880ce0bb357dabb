/**
 * A client under test, driven by lines on its input: each is a number of calls to make one after another, and is
 * answered with the microseconds of CPU that one took this process.
 */
import { createInterface } from "node:readline"
import { path } from "../Peer.ts"

/** Where the server is: a URL, or the program to start. The revision to speak with it follows. */
export const [, , target = "", version = ""] = process.argv

export const server = [path("test/bench/peers/raw.ts")]

export const make = (call: () => Promise<unknown>): void => {
  const turn = async (count: number) => {
    const before = process.cpuUsage()
    for (let done = 0; done < count; done++) await call()
    const { system, user } = process.cpuUsage(before)
    console.log((system + user) / count)
  }
  createInterface({ input: process.stdin }).on("line", (line) => void turn(Number(line)))
}

/** The call every client makes, and what its answer has to say. */
export const call = { name: "add", arguments: { a: 2, b: 40 } }

export const checked = (content: unknown): void => {
  const said = JSON.stringify(content)
  if (!said.includes('"42"')) throw new Error(`Not the answer: ${said}`)
}
