/** The names by which a machine calls itself. What is there, only its own programs reach. */
export const names: ReadonlyArray<string> = ["localhost", "127.0.0.1", "[::1]"]

/** Whether a host of a URL, or an address to listen on, is this machine. */
export const isLoopback = (host: string): boolean =>
  host === "::1" || names.includes(host) || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
