/** How the protocol's objects are written as Schemas: known members checked, unknown ones kept. */
import * as Schema from "effect/Schema"

/** Any JSON object. */
export const JsonObject = Schema.Record(Schema.String, Schema.Unknown)

/** An object whose known members have these shapes. Members it does not know are kept: peers may extend. */
export const open = <const Fields extends Schema.Struct.Fields>(fields: Fields) =>
  Schema.StructWithRest(Schema.Struct(fields), [JsonObject])

export const optional: <S extends Schema.Constraint>(schema: S) => Schema.optionalKey<S> = Schema.optionalKey

/** A number that JSON can carry. */
export const Number = Schema.Finite
