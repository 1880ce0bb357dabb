/** Our schema of each type the specification names. */
import type * as Schema from "effect/Schema"
import * as Capabilities from "../../src/protocol/Capabilities.ts"
import * as Completion from "../../src/protocol/Completion.ts"
import * as Content from "../../src/protocol/Content.ts"
import * as Discovery from "../../src/protocol/Discovery.ts"
import * as Elicitation from "../../src/protocol/Elicitation.ts"
import * as Envelope from "../../src/protocol/Envelope.ts"
import * as Errors from "../../src/protocol/Errors.ts"
import * as Icon from "../../src/protocol/Icon.ts"
import * as Implementation from "../../src/protocol/Implementation.ts"
import * as Input from "../../src/protocol/Input.ts"
import * as Logging from "../../src/protocol/Logging.ts"
import * as Page from "../../src/protocol/Page.ts"
import * as Prompt from "../../src/protocol/Prompt.ts"
import * as Request from "../../src/protocol/Request.ts"
import * as Resource from "../../src/protocol/Resource.ts"
import * as Roots from "../../src/protocol/Roots.ts"
import * as Sampling from "../../src/protocol/Sampling.ts"
import * as Subscription from "../../src/protocol/Subscription.ts"
import * as Tool from "../../src/protocol/Tool.ts"

const modules: ReadonlyArray<object> = [
  Capabilities,
  Completion,
  Content,
  Discovery,
  Elicitation,
  Envelope,
  Icon,
  Implementation,
  Input,
  Logging,
  Page,
  Prompt,
  Request,
  Resource,
  Roots,
  Sampling,
  Subscription,
  Tool,
  Errors
]

export const types: ReadonlyMap<string, Schema.Codec<unknown>> = new Map(
  modules.flatMap((module) =>
    Object.entries(module).filter(([name, value]) => /^[A-Z]/.test(name) && "ast" in value)
  ) as ReadonlyArray<[string, Schema.Codec<unknown>]>
)
