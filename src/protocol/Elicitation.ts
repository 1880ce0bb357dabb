/**
 * A server asking the user: with a form of primitive fields, or by sending them to a URL.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation
 */
import * as Schema from "effect/Schema"
import { Number, open, optional } from "./Open.ts"

const described = { title: optional(Schema.String), description: optional(Schema.String) }

export const StringSchema = open({
  type: Schema.Literal("string"),
  ...described,
  minLength: optional(Schema.Int),
  maxLength: optional(Schema.Int),
  format: optional(Schema.Literals(["email", "uri", "date", "date-time"])),
  default: optional(Schema.String)
})

export const NumberSchema = open({
  type: Schema.Literals(["number", "integer"]),
  ...described,
  minimum: optional(Number),
  maximum: optional(Number),
  default: optional(Number)
})

export const BooleanSchema = open({
  type: Schema.Literal("boolean"),
  ...described,
  default: optional(Schema.Boolean)
})

const titled = Schema.Array(open({ const: Schema.String, title: Schema.String }))
const choices = Schema.Array(Schema.String)

export const UntitledSingleSelectEnumSchema = open({
  type: Schema.Literal("string"),
  ...described,
  enum: choices,
  default: optional(Schema.String)
})

export const TitledSingleSelectEnumSchema = open({
  type: Schema.Literal("string"),
  ...described,
  oneOf: titled,
  default: optional(Schema.String)
})

const several = {
  type: Schema.Literal("array"),
  ...described,
  minItems: optional(Schema.Int),
  maxItems: optional(Schema.Int),
  default: optional(choices)
}

export const UntitledMultiSelectEnumSchema = open({
  ...several,
  items: open({ type: Schema.Literal("string"), enum: choices })
})
export const TitledMultiSelectEnumSchema = open({ ...several, items: open({ anyOf: titled }) })

/** Titles of choices as 2025-06-18 wrote them. */
export const LegacyTitledEnumSchema = open({
  type: Schema.Literal("string"),
  ...described,
  enum: choices,
  enumNames: optional(choices),
  default: optional(Schema.String)
})

export const EnumSchema = Schema.Union([
  TitledSingleSelectEnumSchema,
  TitledMultiSelectEnumSchema,
  UntitledMultiSelectEnumSchema,
  LegacyTitledEnumSchema,
  UntitledSingleSelectEnumSchema
])

export const PrimitiveSchemaDefinition = Schema.Union([EnumSchema, StringSchema, NumberSchema, BooleanSchema])
export type PrimitiveSchemaDefinition = typeof PrimitiveSchemaDefinition.Type

/** The form: a flat object of primitive fields. */
export const RequestedSchema = open({
  $schema: optional(Schema.String),
  type: Schema.Literal("object"),
  properties: Schema.Record(Schema.String, PrimitiveSchemaDefinition),
  required: optional(choices)
})
export type RequestedSchema = typeof RequestedSchema.Type

/** Without a mode it is a form. */
export const ElicitRequestFormParams = open({
  mode: optional(Schema.Literal("form")),
  message: Schema.String,
  requestedSchema: RequestedSchema
})
export type ElicitRequestFormParams = typeof ElicitRequestFormParams.Type

export const ElicitRequestURLParams = open({
  mode: Schema.Literal("url"),
  message: Schema.String,
  url: Schema.String
})
export type ElicitRequestURLParams = typeof ElicitRequestURLParams.Type

export const ElicitRequestParams = Schema.Union([ElicitRequestURLParams, ElicitRequestFormParams])

export const ElicitRequest = open({
  method: Schema.Literal("elicitation/create"),
  params: ElicitRequestParams
})

export const ElicitResult = open({
  action: Schema.Literals(["accept", "decline", "cancel"]),
  /** Only of an accepted form. */
  content: optional(
    Schema.Record(Schema.String, Schema.Union([Schema.String, Number, Schema.Boolean, choices]))
  )
})
export type ElicitResult = typeof ElicitResult.Type
