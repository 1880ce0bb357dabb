/** What a module exports, by name. */
export type Exports = ReadonlyMap<string, unknown>

export const exportsOf = (namespace: object): Exports => {
  const exports = new Map<string, unknown>(Object.entries(namespace))
  // A file without imports and exports is CommonJS to Node, and exports an empty object.
  if (exports.delete("module.exports") && isEmpty(exports.get("default"))) exports.delete("default")
  return exports
}

const isEmpty = (value: unknown) =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0
