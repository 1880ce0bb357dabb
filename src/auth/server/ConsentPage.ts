/**
 * What a user reads before anything is granted. Everything a client says of itself is a stranger's text: it is escaped,
 * shortened, and freed of characters that change how the rest looks.
 *
 * @see https://modelcontextprotocol.io/docs/tutorials/security/security_best_practices#confused-deputy-problem
 */
import type { AuthorizationRequest, Client } from "../AuthorizationProvider.ts"
import * as RedirectUri from "./RedirectUri.ts"
import type { Field, Form, Redirect } from "./SignInMethod.ts"

export interface Options {
  readonly client: Client
  readonly request: AuthorizationRequest
  readonly signIn: Form | Redirect
  /** Where the answer goes. */
  readonly action: string
  readonly hidden: { readonly [name: string]: string }
  /** Marks the one style sheet that is the server's own. */
  readonly nonce: string
  /** Why it is shown again. */
  readonly failure?: string
}

/** Nothing is loaded, nothing runs, nobody frames it; the form goes here, and from here to where the user is sent. */
export const policy = ({ nonce, request, signIn }: Options): string => {
  const targets = [
    "'self'",
    source(request.redirectUri),
    ...(signIn._tag === "Redirect" ? [signIn.origin] : [])
  ]
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `form-action ${targets.join(" ")}`,
    "frame-ancestors 'none'",
    "base-uri 'none'"
  ].join("; ")
}

/** A redirect URI as the policy names it: an origin, or a scheme. */
const source = (uri: string): string => {
  const { origin, protocol } = new URL(uri)
  return origin === "null" ? protocol : origin
}

export const render = (options: Options): string => {
  const { action, client, failure, hidden, nonce, request, signIn } = options
  const name = shown(client.name ?? client.id)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Allow access?</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main>
<h1><bdi>${name}</bdi> asks for access</h1>
${origin(client)}
<dl>
<dt>To</dt><dd><bdi>${shown(request.resource)}</bdi></dd>
<dt>It may</dt><dd>${list(request.scopes, "use it, without special scopes")}</dd>
${elsewhere(signIn)}
<dt>The answer goes to</dt><dd><strong><bdi>${shown(RedirectUri.host(request.redirectUri))}</bdi></strong><br>
<small><bdi>${shown(request.redirectUri, 300)}</bdi></small></dd>
</dl>
${warning(client, request)}
${failure === undefined ? "" : `<p class="failure" role="alert">${shown(failure)}</p>`}
<form method="post" action="${shown(action, 2048)}">
${Object.entries(hidden)
  .map(([field, value]) => `<input type="hidden" name="${shown(field)}" value="${shown(value, 20_000)}">`)
  .join("\n")}
${signIn._tag === "Form" ? signIn.fields.map(input).join("\n") : ""}
<div class="buttons">
<button name="decision" value="approve" class="approve">Allow</button>
<button name="decision" value="deny" formnovalidate>Deny</button>
</div>
</form>
</main>
</body>
</html>
`
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

const input = ({ autocomplete, label, name, type }: Field): string =>
  `<label>${shown(label)} <input name="${shown(name)}" type="${type}" autocomplete="${shown(autocomplete)}" required></label>`

/** A page that says one thing, and where the user may go from there. */
export const notice = (title: string, text: string, target?: URL): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${shown(title)}</title></head>
<body><main><h1>${shown(title)}</h1><p>${shown(text, 500)}</p>${target === undefined ? "" : onwards(target)}</main></body>
</html>
`

const onwards = (target: URL): string =>
  `<p><a rel="noreferrer" href="${shown(target.href, 8192)}">Go back to <strong><bdi>${shown(RedirectUri.host(target.href))}</bdi></strong></a></p>`

export const noticePolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

const entities: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"]
])

/** Text as text: cut, without control, direction and line characters, and with nothing a browser would act on. */
export const shown = (text: string, longest = 100): string => {
  const characters = [...text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu, "\u{fffd}")]
  const cut = characters.length > longest ? [...characters.slice(0, longest - 1), "…"] : characters
  return cut.map((character) => entities.get(character) ?? character).join("")
}

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 0; display: grid; place-items: center; min-height: 100vh; background: Canvas; color: CanvasText }
main { box-sizing: border-box; width: min(34rem, 100%); padding: 2rem; border: 1px solid color-mix(in srgb, CanvasText 20%, transparent); border-radius: .75rem }
h1 { font-size: 1.4rem; line-height: 1.3; margin: 0 0 1rem; overflow-wrap: anywhere }
dl { margin: 1.25rem 0 } dt { font-size: .85rem; opacity: .75 } dd { margin: 0 0 .9rem; overflow-wrap: anywhere }
ul { margin: 0; padding-left: 1.2rem }
.note { opacity: .8; margin: 0 } .warning { border-left: .3rem solid #c77700; padding-left: .8rem } .failure { border-left: .3rem solid #c62828; padding-left: .8rem }
label { display: block; margin: .75rem 0 } input:not([type=hidden]) { display: block; box-sizing: border-box; width: 100%; font: inherit; padding: .45rem .6rem; margin-top: .2rem }
.buttons { display: flex; gap: .75rem; margin-top: 1.25rem } button { font: inherit; padding: .55rem 1.4rem; border-radius: .45rem; border: 1px solid color-mix(in srgb, CanvasText 35%, transparent); background: transparent; color: inherit; cursor: pointer } .approve { background: #1f6feb; border-color: #1f6feb; color: #fff }
`
