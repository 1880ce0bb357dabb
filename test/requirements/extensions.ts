/** Extensions, and the tasks of 2025-11-25. */
import type { Group } from "./Group.ts"

export const extensions: Group = {
  sections: ["TASK1", "TASK2", "APPS", "SKILL"],
  claimed: {},
  excused: {
    TASK1: "The experimental tasks of 2025-11-25 are not there yet.",
    TASK2: "The tasks extension is not there yet.",
    APPS: "The apps extension is not there yet.",
    SKILL: "The skills extension is not there yet."
  }
}
