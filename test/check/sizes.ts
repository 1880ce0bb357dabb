/** A file is for reading: over 300 lines is a smell and is listed, over 400 fails. */
import type { SourceFile } from "./tree.ts"

export const check = (tree: ReadonlyArray<SourceFile>) => {
  const lengths = tree.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
  const say = ({ lines, path }: { readonly lines: number; readonly path: string }) =>
    `${path} has ${lines} lines`
  return {
    problems: lengths.filter(({ lines }) => lines > 400).map(say),
    notes: lengths.filter(({ lines }) => lines > 300 && lines <= 400).map(say)
  }
}
