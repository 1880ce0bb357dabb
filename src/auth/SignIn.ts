/**
 * How an embedded authorization server finds out who is in front of the browser: by what is typed into the consent page,
 * or by sending the browser to somebody who knows.
 */
export { layer as local } from "./server/LocalUser.ts"
export { hash as hashPassword, layer as passwords } from "./server/Passwords.ts"
export { layer as upstream } from "./server/Upstream.ts"
export {
  type Field,
  type Form,
  type Redirect,
  SignIn,
  SignInFailed,
  type User
} from "./server/SignInMethod.ts"
