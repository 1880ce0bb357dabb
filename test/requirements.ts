/**
 * What this stack claims of the ledger of normative requirements, by group of sections. A row is claimed with the
 * tests that prove it, or excused with a reason. `requirements.test.ts` holds the table to the ledger and to the tests.
 */
import { asking } from "./requirements/asking.ts"
import { auth } from "./requirements/auth.ts"
import { base } from "./requirements/base.ts"
import { extensions } from "./requirements/extensions.ts"
import { features } from "./requirements/features.ts"
import type { Group } from "./requirements/Group.ts"
import { http } from "./requirements/http.ts"
import type { Row } from "./requirements/ledger.ts"

export const groups: { readonly [file: string]: Group } = {
  "requirements/base.ts": base,
  "requirements/features.ts": features,
  "requirements/asking.ts": asking,
  "requirements/http.ts": http,
  "requirements/auth.ts": auth,
  "requirements/extensions.ts": extensions
}

/** Roles this stack does not play. Their rows need no excuse of their own. */
export const roles: { readonly [role: string]: string } = {
  host: "What users see and approve is the business of the application around the client.",
  intermediary: "A gateway on the way is a program of its own.",
  IdP: "The identity provider is a program of its own.",
  view: "The page inside a host is written by its author.",
  sandbox: "The frame around a page belongs to the host."
}

/** Whatever is wrong between the tables, the ids in the titles, and the ledger. */
export const problems = (
  groups: { readonly [file: string]: Group },
  titles: ReadonlyMap<string, ReadonlySet<string>>,
  ledger?: ReadonlyArray<Row>
): ReadonlyArray<string> => [
  ...Object.entries(groups).flatMap(([file, group]) => stale(file, group, titles)),
  ...[...titles].flatMap(([id, paths]) => missing(groups, id, paths)),
  ...(ledger === undefined
    ? []
    : Object.entries(groups).flatMap(([file, group]) => invented(file, group, ledger))),
  ...(ledger ?? []).flatMap((row) => uncovered(groups, row))
]

const sectionOf = (id: string): string => id.replace(/-\d+$/, "")

const stale = (file: string, group: Group, titles: ReadonlyMap<string, ReadonlySet<string>>) => [
  ...Object.entries(group.claimed).flatMap(([id, paths]) => [
    ...(paths.length === 0 ? [`${file}: ${id} is claimed without a test`] : []),
    ...paths
      .filter((path) => titles.get(id)?.has(path) !== true)
      .map((path) => `${file}: ${id} is linked to test/${path}, where no title carries it`)
  ]),
  ...[...Object.keys(group.claimed), ...Object.keys(group.excused)]
    .filter((id) => !group.sections.includes(sectionOf(id)))
    .map((id) => `${file}: ${id} is of another file's section`),
  ...Object.keys(group.excused)
    .filter((id) => Object.hasOwn(group.claimed, id))
    .map((id) => `${file}: ${id} is claimed and excused`)
]

const missing = (groups: { readonly [file: string]: Group }, id: string, paths: ReadonlySet<string>) => {
  const found = Object.entries(groups).find(([, { sections }]) => sections.includes(sectionOf(id)))
  if (found === undefined) return []
  const [file, group] = found
  const linked = Object.hasOwn(group.claimed, id) ? group.claimed[id] : undefined
  return [...paths]
    .filter((path) => linked?.includes(path) !== true)
    .map((path) => `${file}: a title of test/${path} carries ${id}: claim it, with that file`)
}

const invented = (file: string, group: Group, ledger: ReadonlyArray<Row>) => {
  const known = new Set(ledger.flatMap(({ id, section }) => [id, section]))
  const named = [...group.sections, ...Object.keys(group.claimed), ...Object.keys(group.excused)]
  const left = new Set(ledger.filter((row) => !settled(group, row)).map(({ section }) => section))
  return [
    ...named.filter((name) => !known.has(name)).map((name) => `${file}: the ledger has no ${name}`),
    ...group.sections
      .filter((section) => Object.hasOwn(group.excused, section) && !left.has(section))
      .map((section) => `${file}: ${section} is excused and has no row left to excuse`)
  ]
}

/** Whether a row needs no excuse of its section. */
const settled = ({ claimed, excused }: Group, { id, role }: Row): boolean =>
  Object.hasOwn(claimed, id) || Object.hasOwn(excused, id) || Object.hasOwn(roles, role)

const uncovered = (groups: { readonly [file: string]: Group }, row: Row) => {
  const found = Object.entries(groups).find(([, { sections }]) => sections.includes(row.section))
  if (found === undefined) return [`${row.id}: no file has the section ${row.section}`]
  const [file, group] = found
  return settled(group, row) || Object.hasOwn(group.excused, row.section)
    ? []
    : [`${file}: ${row.id} is neither claimed nor excused`]
}
