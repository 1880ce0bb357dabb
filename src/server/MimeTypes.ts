/** MIME types by file name, for the kinds of files that servers hand out. */

const types = new Map<string, string>(
  Object.entries({
    avif: "image/avif",
    bmp: "image/bmp",
    c: "text/x-c",
    cpp: "text/x-c++",
    css: "text/css",
    csv: "text/csv",
    gif: "image/gif",
    go: "text/x-go",
    gz: "application/gzip",
    htm: "text/html",
    html: "text/html",
    ico: "image/vnd.microsoft.icon",
    ini: "text/plain",
    java: "text/x-java",
    jpeg: "image/jpeg",
    jpg: "image/jpeg",
    js: "text/javascript",
    json: "application/json",
    jsonl: "application/jsonl",
    jsx: "text/jsx",
    log: "text/plain",
    md: "text/markdown",
    mjs: "text/javascript",
    mp3: "audio/mpeg",
    mp4: "video/mp4",
    ogg: "audio/ogg",
    pdf: "application/pdf",
    png: "image/png",
    py: "text/x-python",
    rs: "text/x-rust",
    sh: "text/x-shellscript",
    sql: "application/sql",
    svg: "image/svg+xml",
    tar: "application/x-tar",
    toml: "application/toml",
    ts: "text/x-typescript",
    tsx: "text/x-typescript",
    txt: "text/plain",
    wasm: "application/wasm",
    wav: "audio/wav",
    webm: "video/webm",
    webp: "image/webp",
    xml: "application/xml",
    yaml: "application/yaml",
    yml: "application/yaml",
    zip: "application/zip"
  })
)

/** The MIME type the extension of a file name stands for, in any case; `undefined` for an unknown one. */
export const ofName = (name: string): string | undefined => {
  const dot = name.lastIndexOf(".")
  return dot === -1 ? undefined : types.get(name.slice(dot + 1).toLowerCase())
}

/** The usual extension of files of a MIME type, without the dot. */
export const extensionOf = (mimeType: string): string | undefined =>
  [...types].findLast(([, type]) => type === mimeType)?.[0]

const textual = /^text\/|[/+](?:json|jsonl|xml|yaml|toml|sql)$/

/**
 * Content as text where its type is one of text and it is encoded as that says, by default in UTF-8; as bytes
 * otherwise.
 */
export const decode = (
  bytes: Uint8Array,
  mimeType: string | undefined
): { readonly text: string } | { readonly bytes: Uint8Array } => {
  const [type = "", ...parameters] = (mimeType ?? "").toLowerCase().split(";")
  if (!textual.test(type.trim())) return { bytes }
  const charset = parameters.map((each) => /^\s*charset="?([^"\s]+)"?\s*$/.exec(each)?.[1])
  try {
    const decoder = new TextDecoder(charset.find((name) => name !== undefined) ?? "utf-8", { fatal: true })
    return { text: decoder.decode(bytes) }
  } catch {
    return { bytes }
  }
}
