/**
 * By how many names a request calls the server. Node keeps the first of several Host headers, and a target or HTTP/2
 * can name a host too; whoever decided before us may have read another one. So a request that says two things says
 * nothing.
 */

/** Whether there are several Host headers among fields as they arrived: name and value in turn. */
export const several = (rawHeaders: ReadonlyArray<string>): boolean => {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) if (isHost(rawHeaders[index]!)) count++
  return count > 1
}

/** Whether what a request came from, which is a request of Node where Node listens, says anything but `host`. */
export const contradicts = (source: object, host: string | undefined): boolean => {
  if (!("rawHeaders" in source) || !Array.isArray(source.rawHeaders)) return false
  const fields: ReadonlyArray<string> = source.rawHeaders
  return (
    several(fields) ||
    fields.some((field, index) => isHost(field) && isName(index) && fields[index + 1] !== host)
  )
}

const isHost = (name: string) => name.length === 4 && name.toLowerCase() === "host"
const isName = (index: number) => index % 2 === 0
