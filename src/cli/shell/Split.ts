/** A line of the shell in words. Quotes keep spaces together; an object is one word up to the end of the line. */
export const split = (line: string): ReadonlyArray<string> => {
  const words: Array<string> = []
  let word: string | undefined
  let quote: string | undefined
  for (let index = 0; index < line.length; index++) {
    const character = line[index]!
    if (quote !== undefined) {
      if (character === quote) quote = undefined
      else if (character === "\\" && quote === '"' && index + 1 < line.length) word += line[++index]!
      else word += character
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (character === "{" && word === undefined) {
      return [...words, line.slice(index).trim()]
    } else if (character === '"' || character === "'") {
      quote = character
      word ??= ""
    } else {
      word = (word ?? "") + character
    }
  }
  return word === undefined ? words : [...words, word]
}
