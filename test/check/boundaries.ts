/** Who may import whom, and that nobody imports in a circle. */
import type { Import, SourceFile } from "./tree.ts"

/** A part of the tree, and the parts and packages it may import values from. */
interface Area {
  readonly name: string
  readonly owns: RegExp
  readonly mayUse: ReadonlyArray<string>
  readonly node: boolean
}

const areas: ReadonlyArray<Area> = [
  { name: "protocol", owns: /^src\/protocol\//, mayUse: ["protocol"], node: false },
  // What guards and handlers tell each other through a server that knows neither.
  { name: "caller", owns: /^src\/http\/(?:Caller|InsufficientScope|Loopback)\.ts$/, mayUse: [], node: false },
  { name: "http", owns: /^src\/http\//, mayUse: ["caller", "http"], node: false },
  // Sees HTTP and nothing of the protocol above it.
  {
    name: "node auth",
    owns: /^src\/auth\/(?:\w+\/)?Node/,
    mayUse: ["caller", "http", "auth", "node auth"],
    node: true
  },
  { name: "auth", owns: /^src\/auth\//, mayUse: ["caller", "http", "auth"], node: false },
  { name: "connection", owns: /^src\/Connection\.ts$/, mayUse: ["protocol"], node: false },
  {
    name: "shared",
    owns: /^src\/(?:Contract\.ts|JsonSchema\.ts|jsonschema\/)/,
    mayUse: ["protocol", "shared"],
    node: false
  },
  // Every bound stands in one place, whoever keeps it.
  { name: "limits", owns: /^src\/transport\/Limits\.ts$/, mayUse: ["protocol"], node: false },
  {
    name: "server",
    owns: /^src\/server\//,
    mayUse: ["protocol", "connection", "shared", "limits", "caller", "server"],
    node: false
  },
  {
    name: "client",
    owns: /^src\/client\//,
    mayUse: ["protocol", "connection", "shared", "limits", "client"],
    node: false
  },
  {
    name: "node transport",
    owns: /^src\/transport\/(?:Node|Stdio)/,
    mayUse: [
      "protocol",
      "caller",
      "http",
      "connection",
      "shared",
      "limits",
      "server",
      "client",
      "transport",
      "node transport"
    ],
    node: true
  },
  {
    name: "transport",
    owns: /^src\/transport\//,
    mayUse: ["protocol", "caller", "http", "connection", "shared", "limits", "server", "client", "transport"],
    node: false
  },
  {
    name: "cli",
    owns: /^src\/cli\//,
    mayUse: [
      "protocol",
      "caller",
      "http",
      "connection",
      "shared",
      "limits",
      "server",
      "client",
      "transport",
      "node transport",
      "auth",
      "node auth",
      "cli"
    ],
    node: true
  },
  {
    // What it needs for one target it loads only for that.
    name: "facade",
    owns: /^src\/(?:Client|Connect)\.ts$/,
    mayUse: ["client", "server", "transport", "node transport", "facade"],
    node: false
  },
  {
    name: "index",
    owns: /^src\/index\.ts$/,
    mayUse: [
      "facade",
      "protocol",
      "caller",
      "http",
      "connection",
      "shared",
      "limits",
      "server",
      "client",
      "transport",
      "node transport",
      "auth",
      "node auth"
    ],
    node: false
  }
]

const areaOf = (path: string) => areas.find(({ owns }) => owns.test(path))

const isNode = (specifier: string) =>
  specifier.startsWith("node:") || specifier.startsWith("@effect/platform-node")
const isBarrel = (specifier: string) => specifier === "effect" || specifier === "@effect/platform-node"

export const check = (tree: ReadonlyArray<SourceFile>) => ({
  problems: [...tree.flatMap(problemsOf), ...cycles(tree)]
})

const problemsOf = ({ imports, path }: SourceFile): ReadonlyArray<string> => {
  const barrels = imports.filter(({ specifier }) => isBarrel(specifier))
  const said = barrels.map(
    ({ specifier }) => `${path} imports the barrel "${specifier}"; import one module of it`
  )
  if (!path.startsWith("src/")) return said
  const area = areaOf(path)
  if (area === undefined) return [...said, `${path} belongs to no area: name it in test/check/boundaries.ts`]
  return [...said, ...imports.flatMap((found) => offence(path, area, found))]
}

const offence = (path: string, area: Area, { specifier, target }: Import): ReadonlyArray<string> => {
  if (target === undefined) {
    return isNode(specifier) && !area.node ? [`${path} (${area.name}) must not import ${specifier}`] : []
  }
  const other = areaOf(target)
  if (other === undefined) return [`${path} imports ${target}, which is outside src`]
  return area.mayUse.includes(other.name)
    ? []
    : [`${path} (${area.name}) must not import ${target} (${other.name})`]
}

/** Circles of value imports. Types may refer to each other. */
const cycles = (tree: ReadonlyArray<SourceFile>): ReadonlyArray<string> => {
  const graph = new Map(
    tree.map(({ imports, path }) => [
      path,
      imports.flatMap(({ target, typeOnly }) => (target === undefined || typeOnly ? [] : [target]))
    ])
  )
  const found: Array<string> = []
  const done = new Set<string>()
  const walk = (path: string, above: ReadonlyArray<string>) => {
    const start = above.indexOf(path)
    if (start !== -1) found.push(`a circle of imports: ${[...above.slice(start), path].join(" -> ")}`)
    if (start !== -1 || done.has(path)) return
    for (const next of graph.get(path) ?? []) walk(next, [...above, path])
    done.add(path)
  }
  for (const path of graph.keys()) walk(path, [])
  return found
}
