/** Every revision we speak, newest first. Supporting the next one means one more file and one more line here. */
import type { Revision } from "./Revision.ts"
import { v2024_11_05 } from "./revision/v2024_11_05.ts"
import { v2025_03_26 } from "./revision/v2025_03_26.ts"
import { v2025_06_18 } from "./revision/v2025_06_18.ts"
import { v2025_11_25 } from "./revision/v2025_11_25.ts"
import { v2026_07_28 } from "./revision/v2026_07_28.ts"

export const all: ReadonlyArray<Revision> = [v2026_07_28, v2025_11_25, v2025_06_18, v2025_03_26, v2024_11_05]

/** Their dates, newest first. */
export const versions: ReadonlyArray<string> = all.map((revision) => revision.version)

export const newest: Revision = v2026_07_28

/** What a server answers to an `initialize` it cannot echo. */
export const newestStateful: Revision = v2025_11_25

const byVersion = new Map(all.map((revision) => [revision.version, revision]))

export const find = (version: string): Revision | undefined => byVersion.get(version)

/** A revision with a handshake, if the version names one. */
export const findStateful = (version: string): Revision | undefined => {
  const revision = find(version)
  return revision?.era === "stateful" ? revision : undefined
}
