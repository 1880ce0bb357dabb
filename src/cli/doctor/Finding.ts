/** One thing that was looked at: what it is called, how it is, and what to do about it. */

export interface Finding {
  readonly name: string
  readonly severity: "fine" | "note" | "warning" | "error"
  readonly message: string
  readonly remedy?: string
}

const of =
  (severity: Finding["severity"]) =>
  (name: string, message: string, remedy?: string): Finding =>
    remedy === undefined ? { name, severity, message } : { name, severity, message, remedy }

export const fine = of("fine")
/** Worth knowing. */
export const note = of("note")
/** Some hosts will have trouble. */
export const warning = of("warning")
/** It does not work like this. */
export const error = of("error")
