/** Flags that mean the same wherever they are. */
import * as Flag from "effect/cli/Flag"

export const yes = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withDefault(false), Flag.withoutNegation, Flag.withDescription(description))

export const configPath = Flag.String("config-path").pipe(
  Flag.optional,
  Flag.withMetavar("FILE"),
  Flag.withDescription("The host's file, if it is not where it usually is")
)

export const project = yes("project", "Use the host's file of the project in the working directory")

export const dryRun = yes("dry-run", "Show what would change, and change nothing")

export const json = yes("json", "Print one JSON object, and nothing else, on stdout")

/** Packages for one run, spelled as by the reference. */
export const packages = {
  with: Flag.String("with").pipe(
    Flag.atLeast(0),
    Flag.withMetavar("PACKAGE"),
    Flag.withDescription(
      "An npm package the file may import though it is not installed beside it; repeatable"
    )
  ),
  withEditable: Flag.String("with-editable").pipe(
    Flag.withAlias("e"),
    Flag.atLeast(0),
    Flag.withMetavar("DIR"),
    Flag.withDescription("The directory of a package the file may import, linked; repeatable")
  )
}
