/** Tells what bytes are by how they begin. */

/** The MIME type the first bytes give away; `undefined` when they give nothing away. A few dozen bytes are enough. */
export const sniff = (bytes: Uint8Array): string | undefined => {
  const head = String.fromCharCode(...bytes.subarray(0, 512))
  return signatures.find(([, test]) => (typeof test === "string" ? head.startsWith(test) : test(head)))?.[0]
}

const riff = (kind: string) => (head: string) => head.startsWith("RIFF") && head.slice(8, 12) === kind
const boxed =
  (...brands: ReadonlyArray<string>) =>
  (head: string) =>
    head.slice(4, 8) === "ftyp" && brands.includes(head.slice(8, 12))
/** The sync word of an MPEG audio frame, by its layer bits: 00 is AAC in ADTS, the others are layers I to III. */
const frame = (isAdts: boolean) => (head: string) =>
  head.charCodeAt(0) === 0xff &&
  (head.charCodeAt(1) & 0xe0) === 0xe0 &&
  ((head.charCodeAt(1) & 6) === 0) === isAdts
const svg = (head: string) =>
  /^(?:\u00ef\u00bb\u00bf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)?(?:<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i.test(
    head
  )

type Signature = readonly [mimeType: string, test: string | ((head: string) => boolean)]

const signatures: ReadonlyArray<Signature> = [
  ["image/png", "\u0089PNG\r\n\u001a\n"],
  ["image/jpeg", "\u00ff\u00d8\u00ff"],
  ["image/gif", "GIF87a"],
  ["image/gif", "GIF89a"],
  ["image/webp", riff("WEBP")],
  ["image/avif", boxed("avif", "avis")],
  ["image/heic", boxed("heic", "heix", "mif1")],
  ["image/bmp", "BM"],
  ["image/tiff", "II*\0"],
  ["image/tiff", "MM\0*"],
  ["image/svg+xml", svg],
  ["audio/wav", riff("WAVE")],
  ["audio/mpeg", "ID3"],
  ["audio/mpeg", frame(false)],
  ["audio/aac", frame(true)],
  ["audio/ogg", "OggS"],
  ["audio/flac", "fLaC"],
  ["audio/mp4", boxed("M4A ", "M4B ", "mp41", "mp42", "isom", "iso2", "iso4", "iso5", "iso6", "dash")],
  ["audio/webm", "\u001a\u0045\u00df\u00a3"],
  ["audio/midi", "MThd"],
  ["application/pdf", "%PDF-"]
]

const known: ReadonlySet<string> = new Set(signatures.map(([mimeType]) => mimeType))

/** Other names people use for the same thing. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["image/jpg", "image/jpeg"],
  ["image/pjpeg", "image/jpeg"],
  ["image/x-png", "image/png"],
  ["image/heif", "image/heic"],
  ["audio/wave", "audio/wav"],
  ["audio/x-wav", "audio/wav"],
  ["audio/vnd.wave", "audio/wav"],
  ["audio/mp3", "audio/mpeg"],
  ["audio/x-flac", "audio/flac"],
  ["audio/opus", "audio/ogg"],
  ["audio/vorbis", "audio/ogg"],
  ["application/ogg", "audio/ogg"],
  ["audio/m4a", "audio/mp4"],
  ["audio/x-m4a", "audio/mp4"]
])

/**
 * Whether bytes may be called by this MIME type: an image or sound only when they begin as it does, or when neither says
 * anything. Bytes that begin like nothing we know are not a PNG, so they may not be called one. Other types are believed:
 * films come in the containers of sounds, and any bytes are `application/octet-stream`.
 */
export const agrees = (mimeType: string, sniffed: string | undefined): boolean => {
  const plain = mimeType.toLowerCase().split(";")[0]!.trim()
  const name = aliases.get(plain) ?? plain
  if (sniffed === undefined || sniffed === name) return sniffed === name || !known.has(name)
  return !known.has(name) && !/^(?:image|audio)\//.test(name)
}
