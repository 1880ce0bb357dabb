/** Some sections of the ledger of requirements, row by row: proved by which tests, or why not. */
export interface Group {
  /** The prefixes of its sections. */
  readonly sections: ReadonlyArray<string>
  /** Row to the test files, below `test/`, that have a test with the row's id in its title. */
  readonly claimed: { readonly [row: string]: ReadonlyArray<string> }
  /** Row, or the prefix of a section for all its rows that are not claimed, to the reason. */
  readonly excused: { readonly [rowOrSection: string]: string }
}
