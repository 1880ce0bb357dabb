/**
 * What a user reads before anything is granted. Everything a client says of itself is a stranger's text: it is escaped,
 * shortened, and freed of characters that change how the rest looks.
 *
 * The policy of the page says nothing about where its form may go: browsers that mind it would follow the answer to the
 * client, but not from there to wherever the client, or whoever signs the user in, leads on.
 *
 * @see https://modelcontextprotocol.io/docs/tutorials/security/security_best_practices#confused-deputy-problem
 */
import type { AuthorizationRequest, Client } from "../AuthorizationProvider.ts"
import * as Page from "../Page.ts"
import * as RedirectUri from "./RedirectUri.ts"
import type { Field, Form, Redirect } from "./SignInMethod.ts"

const { shown } = Page

export interface Options {
  readonly client: Client
  readonly request: AuthorizationRequest
  readonly signIn: Form | Redirect
  /** Where the answer goes. */
  readonly action: string
  readonly hidden: { readonly [name: string]: string }
  readonly nonce: string
  readonly failure?: Failure
}

/** Why it is shown again, and what was typed. */
export interface Failure {
  readonly message: string
  readonly typed: ReadonlyMap<string, string>
}

export const render = (options: Options): string => {
  const { client, nonce, request, signIn } = options
  const { id, name = "" } = client
  const body = `<h1><bdi>${shown(Page.isVisible(name) ? name : id)}</bdi> asks for access</h1>
${origin(client)}
<dl>
<dt>To</dt><dd><bdi>${shown(request.resource)}</bdi></dd>
<dt>It may</dt><dd>${list(request.scopes, "use it, without special scopes")}</dd>
${elsewhere(signIn)}
<dt>The answer goes to</dt><dd><strong><bdi>${shown(RedirectUri.host(request.redirectUri))}</bdi></strong><br>
<small><bdi>${shown(request.redirectUri, 300)}</bdi></small></dd>
</dl>
${warning(client, request)}
${form(options)}`
  return Page.render({ title: "Allow access?", nonce, body })
}

const form = ({ action, failure, hidden, signIn }: Options): string => {
  const fields = signIn._tag === "Form" ? signIn.fields : []
  return `<form method="post" action="${shown(action, 2048)}">
${failure === undefined ? "" : `<p class="failure" role="alert" id="failure">${shown(failure.message)}</p>`}
${Object.entries(hidden)
  .map(([field, value]) => `<input type="hidden" name="${shown(field)}" value="${shown(value, 20_000)}">`)
  .join("\n")}
${fields.map((field) => input(field, failure)).join("\n")}
<div class="buttons">
<button name="decision" value="approve" class="approve">Allow</button>
<button name="decision" value="deny" formnovalidate>Deny</button>
</div>
</form>`
}

const origin = ({ id, origin }: Client): string => {
  switch (origin) {
    case "configured":
      return ""
    case "registered":
      return `<p class="note">It registered itself under this name. Nobody has checked who it is.</p>`
    case "document":
      return `<p class="note">It is described at <strong><bdi>${shown(RedirectUri.host(id))}</bdi></strong>, which chose this name.</p>`
  }
}

const elsewhere = (signIn: Form | Redirect): string =>
  signIn._tag === "Form"
    ? ""
    : `<dt>You sign in with</dt><dd><bdi>${shown(signIn.name)}</bdi>, which gives this server ${list(signIn.scopes, "no special scopes")}</dd>`

/** An address on the user's own machine belongs to whoever listens there. */
const warning = (client: Client, request: AuthorizationRequest): string =>
  RedirectUri.isLocal(request.redirectUri) && client.origin !== "configured"
    ? `<p class="warning">The answer goes to a program on this computer. Any program here can pretend to be this one. Allow it only if you have just started it.</p>`
    : ""

const list = (items: ReadonlyArray<string>, none: string): string =>
  items.length === 0 ? none : `<ul>${items.map((item) => `<li><bdi>${shown(item)}</bdi></li>`).join("")}</ul>`

const input = (field: Field, failure: Failure | undefined): string => {
  const { autocomplete, label, name, type } = field
  const attributes = `name="${shown(name)}" type="${type}" autocomplete="${shown(autocomplete)}" required`
  const again = failure === undefined ? "" : ' aria-describedby="failure"'
  return `<label>${shown(label)} <input ${attributes}${again}${typed(field, failure)}></label>`
}

/** What was typed is there again; but for what is secret, which is where to go on. */
const typed = ({ name, type }: Field, failure: Failure | undefined): string => {
  if (type === "password") return failure === undefined ? "" : " autofocus"
  return ` autocapitalize="none" spellcheck="false" value="${shown(failure?.typed.get(name) ?? "", 200)}"`
}
