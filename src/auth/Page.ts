/** A page of the server: one column, light or dark as the user has it, and nothing in it that runs or is loaded. */

export interface Page {
  readonly title: string
  /** Markup. Text in it has gone through `shown`. */
  readonly body: string
  /** Marks the one style sheet that is the server's own. */
  readonly nonce: string
}

export const render = ({ body, nonce, title }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${shown(title)}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`

/** Nothing is loaded, nothing runs, nobody frames it. */
export const policy = (nonce: string): string =>
  `default-src 'none'; style-src 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'`

const entities: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"]
])

/**
 * Text as text: cut, without control, direction and line characters, without piles of marks that reach into other
 * lines, and with nothing a browser would act on.
 */
export const shown = (text: string, longest = 100): string => {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu, "\u{fffd}")
  const characters = [...plain.replace(/(\p{M}{4})\p{M}+/gu, "$1")]
  const cut = characters.length > longest ? [...characters.slice(0, longest - 1), "…"] : characters
  return cut.map((character) => entities.get(character) ?? character).join("")
}

/** Whether there is anything to see in a text. */
export const isVisible = (text: string): boolean =>
  /[^\p{C}\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text)

const style = `
:root { color-scheme: light dark; --quiet: color-mix(in srgb, CanvasText 72%, Canvas); --line: color-mix(in srgb, CanvasText 20%, Canvas); --edge: color-mix(in srgb, CanvasText 60%, Canvas); font: 1rem/1.5 system-ui, sans-serif }
* { box-sizing: border-box }
body { margin: 0; display: grid; place-items: center; min-height: 100vh; background: Canvas; color: CanvasText; overflow-wrap: anywhere }
main { width: 100%; min-width: 0; padding: 1.5rem 1.25rem }
@media (min-width: 36rem) { main { width: 34rem; margin: 1rem; padding: 2rem; border: 1px solid var(--line); border-radius: .75rem } }
h1 { font-size: 1.4rem; line-height: 1.3; margin: 0 0 .75rem; text-wrap: balance }
p { margin: 0 0 1rem }
dl { margin: 1.25rem 0 } dt { font-size: .875rem; color: var(--quiet) } dd { margin: 0 0 1rem } small { font-size: .875rem; color: var(--quiet) }
ul { margin: 0; padding-inline-start: 1.2rem }
.note { color: var(--quiet) } .warning, .failure { border-inline-start: .3rem solid #c77700; padding-inline-start: .8rem } .failure { border-color: #d33; font-weight: 600 }
label { display: block; margin: 0 0 1rem } input:not([type=hidden]) { display: block; width: 100%; font: inherit; padding: .5rem .6rem; margin-top: .2rem; border: 1px solid var(--edge); border-radius: .45rem; background: transparent; color: inherit }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem } button { flex: 1 0 8rem; font: inherit; padding: .6rem 1.4rem; border: 1px solid var(--edge); border-radius: .45rem; background: transparent; color: inherit; cursor: pointer } .approve { background: #1a5fd0; border-color: #1a5fd0; color: #fff }
:focus-visible { outline: .2rem solid #1a5fd0; outline-offset: .15rem }
@media (prefers-color-scheme: dark) { :focus-visible { outline-color: #9cc2ff } }
`
