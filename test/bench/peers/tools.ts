/** The tools a peer is asked to list besides its own, as many as its first argument says. */
export const moreTools = () =>
  Array.from({ length: Number(process.argv[2] ?? 0) }, (_, index) => ({
    name: `tool_${index}`,
    description: `Does thing number ${index}, and does it well`,
    inputSchema: {
      type: "object" as const,
      properties: {
        path: { type: "string" as const, description: "Where to look" },
        limit: { type: "integer" as const, description: "How many to return at most" }
      },
      required: ["path"]
    }
  }))
