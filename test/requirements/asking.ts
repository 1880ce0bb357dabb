/** What servers ask of clients. */
import type { Group } from "./Group.ts"

export const asking: Group = {
  sections: ["MRTR", "SAMP", "ELIC", "ROOT"],
  claimed: {
    "MRTR-1": ["interaction/ask.test.ts", "server/Visits.test.ts"],
    "MRTR-2": [
      "interaction/ask.test.ts",
      "interaction/resources.test.ts",
      "server/Invocation.test.ts",
      "server/Replay.test.ts"
    ],
    "MRTR-3": ["interaction/ask.test.ts", "server/Replay.test.ts"],
    "MRTR-5": ["server/Replay.test.ts"],
    "MRTR-6": ["server/Replay.test.ts"],
    "MRTR-8": ["server/Replay.test.ts", "server/RequestState.test.ts"],
    "MRTR-9": ["server/Replay.test.ts", "server/RequestState.test.ts"],
    "MRTR-12": ["client/Rounds.test.ts"],
    "MRTR-13": ["client/Rounds.test.ts"],
    "MRTR-14": ["client/Rounds.test.ts"],
    "MRTR-15": ["client/Rounds.test.ts"],
    "MRTR-16": ["client/Rounds.test.ts"],
    "MRTR-17": ["server/RequestState.test.ts"],
    "MRTR-18": ["server/Ask.test.ts", "server/Replay.test.ts"],
    "MRTR-19": ["server/Replay.test.ts"],
    "MRTR-20": ["interaction/ask.test.ts", "server/Replay.test.ts", "server/Visits.test.ts"],
    "SAMP-4": ["client/Sampling.test.ts", "server/Ask.test.ts"],
    "SAMP-5": ["server/Ask.test.ts"],
    "SAMP-6": ["client/Questions.test.ts"],
    "SAMP-8": ["server/Ask.test.ts"],
    "SAMP-9": ["server/Ask.test.ts"],
    "SAMP-10": ["server/Ask.test.ts"],
    "SAMP-14": ["client/Sampling.test.ts"],
    "ELIC-3": ["server/Ask.test.ts"],
    "ELIC-4": [
      "interaction/ask.test.ts",
      "interaction/urls.test.ts",
      "server/Ask.test.ts",
      "server/Dialogue.test.ts",
      "server/Visits.test.ts"
    ],
    "ELIC-10": ["server/Ask.test.ts"],
    "ELIC-11": ["client/Questions.test.ts"],
    "ELIC-12": ["server/Dialogue.test.ts", "server/ElicitationForm.test.ts"],
    "ELIC-13": ["client/Form.test.ts", "server/ElicitationForm.test.ts"],
    "ELIC-14": ["interaction/ask.test.ts", "server/Ask.test.ts", "server/Dialogue.test.ts"],
    "ELIC-15": ["interaction/urls.test.ts", "server/Visits.test.ts"],
    "ELIC-16": ["client/Visits.test.ts", "interaction/urls.test.ts"],
    "ELIC-17": ["client/Visits.test.ts"],
    "ELIC-18": ["interaction/urls.test.ts"],
    "ELIC-19": ["client/Visits.test.ts", "interaction/urls.test.ts", "server/Visits.test.ts"],
    "ELIC-20": ["client/Questions.test.ts"],
    "ELIC-27": [
      "interaction/ask.test.ts",
      "interaction/urls.test.ts",
      "server/Ask.test.ts",
      "server/Dialogue.test.ts",
      "server/Replay.test.ts"
    ],
    "ELIC-40": ["client/Client.test.ts", "client/Form.test.ts"],
    "ELIC-41": ["server/Ask.test.ts", "server/Dialogue.test.ts"],
    "ROOT-4": ["client/Questions.test.ts"],
    "ROOT-5": ["client/Questions.test.ts"],
    "ROOT-9": ["server/Ask.test.ts", "server/Session.test.ts"]
  },
  excused: {
    MRTR: "Not gone through row by row yet.",
    SAMP: "Not gone through row by row yet.",
    ELIC: "Not gone through row by row yet.",
    ROOT: "Not gone through row by row yet."
  }
}
