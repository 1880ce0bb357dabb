import { assert, describe, it } from "@effect/vitest"
import * as ProtectedResource from "../../src/auth/ProtectedResource.ts"

const publish = (resource: string, more: Partial<ProtectedResource.Options> = {}) =>
  ProtectedResource.publish({ resource, authorizationServers: ["https://login.example.com"], ...more })

describe("ProtectedResource", () => {
  it("is at the location with the path of the resource and at the root (AUTH-5, DISC-3)", () => {
    const { documents, url } = publish("https://mcp.example.com/public/mcp")
    assert.strictEqual(url, "https://mcp.example.com/.well-known/oauth-protected-resource/public/mcp")
    assert.deepStrictEqual(
      [...documents.keys()],
      ["/.well-known/oauth-protected-resource/public/mcp", "/.well-known/oauth-protected-resource"]
    )
  })

  it("is at the root for a resource without a path", () => {
    for (const resource of ["https://mcp.example.com", "https://mcp.example.com/"]) {
      const { documents, url } = publish(resource)
      assert.strictEqual(url, "https://mcp.example.com/.well-known/oauth-protected-resource")
      assert.deepStrictEqual([...documents.keys()], ["/.well-known/oauth-protected-resource"])
    }
  })

  it("names the resource as it was configured, and its authorization servers (DISC-1)", () => {
    const { documents } = publish("https://MCP.example.com/mcp", {
      scopes: ["files:read"],
      about: { name: "Files", documentation: "https://mcp.example.com/docs" }
    })
    const reply = documents.get("/.well-known/oauth-protected-resource")!
    assert.strictEqual(reply.status, 200)
    assert.strictEqual(reply.headers["access-control-allow-origin"], "*")
    assert.deepStrictEqual(JSON.parse(reply.body), {
      resource: "https://MCP.example.com/mcp",
      authorization_servers: ["https://login.example.com"],
      scopes_supported: ["files:read"],
      bearer_methods_supported: ["header"],
      resource_name: "Files",
      resource_documentation: "https://mcp.example.com/docs"
    })
  })
})
