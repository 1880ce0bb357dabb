/** Values from outside that may end up in a path. */

/**
 * Whether a decoded value stays where it is put when it is joined to a path: no parent or current directory among
 * its segments, not absolute on any system, no drive, no device prefix, no NUL.
 */
export const isContained = (value: string): boolean =>
  !value.includes("\0") &&
  !/^(?:[/\\]|[a-z]:(?:[/\\]|$))/i.test(value) &&
  !value.split(/[/\\]/).some((segment) => segment === "." || segment === "..")

/**
 * Whether a value is the plain name of a file below a directory, on every system alike: slashes between segments
 * that are not empty, and nothing that some system reads as something else than a name.
 */
export const isPlainPath = (value: string): boolean =>
  value !== "" && isContained(value) && value.split("/").every(isPlainSegment)

const isPlainSegment = (segment: string): boolean =>
  segment !== "" && !forbidden.test(segment) && !encoded.test(segment) && !device.test(segment)

/** Control characters, separators and streams of Windows, trailing dots and spaces, short names (`PROGRA~1`). */
// oxlint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u001f\\:]|[. ]$|~\d+(?:\.|$)/
/** What a second decoding would turn into one of them. */
const encoded = /%(?:2e|2f|5c|00)/i
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i
