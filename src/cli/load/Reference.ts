/** `file.ts:export`, as people write it on a command line: a file, and maybe which of its exports is meant. */

export interface Reference {
  readonly file: string
  readonly name?: string
}

/** Takes apart at the last colon, unless that belongs to a drive letter or what follows is no name. */
export const parse = (text: string): Reference => {
  const colon = text.lastIndexOf(":")
  const name = text.slice(colon + 1)
  return colon < (drive.test(text) ? 2 : 1) || !identifier.test(name)
    ? { file: text }
    : { file: text.slice(0, colon), name }
}

const drive = /^[a-z]:/i
const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u
