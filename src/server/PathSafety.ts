/** Values from outside that may end up in a path. */

/**
 * Whether a decoded value stays where it is put when it is joined to a path: no parent or current directory among
 * its segments, not absolute on any system, no drive, no device prefix, no NUL.
 */
export const isContained = (value: string): boolean =>
  !value.includes("\0") &&
  !/^(?:[/\\]|[a-z]:(?:[/\\]|$))/i.test(value) &&
  !value.split(/[/\\]/).some((segment) => segment === "." || segment === "..")
