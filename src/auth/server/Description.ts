/** What may be in an `error_description`: ASCII without quotation marks and backslashes (RFC 6749, section 5.2). */
export const described = (text: string): string =>
  text.replaceAll('"', "'").replace(/[^\x20-\x5b\x5d-\x7e]/gu, "?")
