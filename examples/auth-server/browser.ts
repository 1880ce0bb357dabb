/** What a user's browser does when the user agrees: cookies, one form, and back to where it is sent. */
export const agree = async (url: string): Promise<ReadonlyArray<string>> => {
  const asked = await fetch(url, { redirect: "manual" })
  const consent = new URL(asked.headers.get("location") ?? "", url)
  const page = await fetch(consent)
  const text = await page.text()
  const cookie = page.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ")
  const hidden = [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)]
  const fields = new URLSearchParams(hidden.map(([, name = "", value = ""]) => [name, value]))
  fields.set("decision", "approve")
  const answer = await fetch(new URL(consent.pathname, url), {
    method: "POST",
    body: fields,
    headers: { cookie },
    redirect: "manual"
  })
  await fetch(answer.headers.get("location") ?? "")
  return [...text.matchAll(/<li><bdi>([^<]*)<\/bdi><\/li>/g)].map(([, scope = ""]) => scope)
}
