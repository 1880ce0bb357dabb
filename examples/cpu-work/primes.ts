/** What runs in the thread: it keeps a processor busy, and nobody else. */
import { parentPort, workerData } from "node:worker_threads"

const isPrime = (n: number) => {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false
  return n > 1
}

let count = 0
for (let n = 2; n < (workerData as number); n++) if (isPrime(n)) count++

// The rule takes a thread for a window.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage(count)
