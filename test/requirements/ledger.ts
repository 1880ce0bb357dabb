/** The ledger of requirements, as far as the table needs it. */

export interface Row {
  readonly id: string
  readonly section: string
  readonly role: string
}

/** Reads the rows out of the ledger's tables. */
export const rows = (text: string): ReadonlyArray<Row> =>
  text.split("\n").flatMap((line) => {
    const [, id, , role] = line.split("|").map((cell) => cell.trim())
    const section = /^([A-Z]+\d?)-\d+$/.exec(id ?? "")?.[1]
    return id === undefined || role === undefined || section === undefined ? [] : [{ id, section, role }]
  })
