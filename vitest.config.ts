import { defineConfig } from "vitest/config"

export default defineConfig({
  resolve: { conditions: ["mcp-effect-source"] },
  ssr: { resolve: { conditions: ["mcp-effect-source"] } },
  test: {
    include: ["test/**/*.test.ts"],
    pool: "threads",
    reporters: ["default", "./test/skips.ts"],
    testTimeout: 20_000,
    hookTimeout: 20_000
  }
})
