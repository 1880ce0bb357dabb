/** The transports over HTTP, and what the conformance suite adds. */
import type { Group } from "./Group.ts"

export const http: Group = {
  sections: ["HTTP", "HTTPS", "SSE", "CONF"],
  claimed: {
    "HTTP-37": ["transport/Headers.test.ts"],
    "HTTP-38": ["transport/Headers.test.ts"],
    "HTTP-39": ["transport/Headers.test.ts"],
    "HTTP-40": ["transport/Headers.test.ts"],
    "CONF-4": ["server/Era.test.ts"],
    "CONF-5": ["server/Server.test.ts"],
    "CONF-14": ["protocol/Examples.test.ts", "protocol/Oracle.test.ts"]
  },
  excused: {
    HTTP: "The client side of Streamable HTTP is not there yet.",
    HTTPS: "The client side of Streamable HTTP is not there yet.",
    SSE: "The client side of HTTP+SSE is not there yet.",
    CONF: "The suite has not tried the client yet."
  }
}
