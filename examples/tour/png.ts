/** The smallest PNG encoder there is: one colour, every pixel. */
import { crc32, deflateSync } from "node:zlib"

const chunk = (type: string, data: Uint8Array) => {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data])
  const framed = Buffer.alloc(named.length + 8)
  framed.writeUInt32BE(data.length)
  framed.set(named, 4)
  framed.writeUInt32BE(crc32(named), named.length + 4)
  return framed
}

export const plain = (size: number, [red, green, blue]: readonly [number, number, number]): Uint8Array => {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(size)
  head.writeUInt32BE(size, 4)
  head.set([8, 2], 8) // 8 bits for each of red, green and blue
  // Each row begins with its filter: none.
  const row = [0, ...Array.from({ length: size }, () => [red, green, blue]).flat()]
  const pixels = Buffer.from(Array.from({ length: size }, () => row).flat())
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", Buffer.alloc(0))
  ])
}
