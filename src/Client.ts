/** Everything a client is made of, and `connect` for every kind of target. */
export * from "./client/Client.ts"
export { connect, type Target, type TargetError, type TargetServices } from "./Connect.ts"
