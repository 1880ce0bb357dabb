/** The pages of an embedded authorization server: consent, and coming back from somebody else. */
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { AuthorizationRequest } from "../AuthorizationProvider.ts"
import { type Approvals, foreign, type Opened } from "./Approvals.ts"
import * as Browser from "./Browser.ts"
import * as ConsentPage from "./ConsentPage.ts"
import * as Secrets from "../Secrets.ts"
import * as Digests from "./Digests.ts"
import * as Notice from "./Notice.ts"
import * as Page from "../Page.ts"
import { endpoint, type Resolved } from "./Settings.ts"
import type { Form, Redirect } from "./SignInMethod.ts"
import * as Wire from "./Wire.ts"

type Answer = Effect.Effect<Wire.Response, Wire.Refusal>

/** People read these answers. */
const readable = (answer: Answer): Answer =>
  Effect.catch(answer, ({ description, status }) => Notice.failed(status, description))

export const consent = (settings: Resolved, approvals: Approvals, signIn: Form | Redirect) => {
  const show = (transaction: string, { client, request }: Opened, failure?: ConsentPage.Failure) =>
    Effect.gen(function* () {
      const secret = yield* Digests.secret
      const options: ConsentPage.Options = {
        client,
        request,
        signIn,
        action: endpoint(settings, "/consent"),
        hidden: { transaction, token: yield* Browser.formToken(secret, transaction) },
        nonce: yield* Digests.secret,
        ...(failure === undefined ? {} : { failure })
      }
      const page = Wire.html(200, ConsentPage.render(options), Page.policy(options.nonce))
      return yield* Browser.give(page, settings, "consent", transaction, secret)
    })

  const decided = (parameters: Wire.Parameters, transaction: string, opened: Opened) =>
    Effect.gen(function* () {
      const { request } = opened
      switch (parameters.get("decision")) {
        case "approve":
          return signIn._tag === "Form"
            ? yield* signIn.check(parameters).pipe(
                Effect.flatMap((user) => approvals.approved(request, user)),
                Effect.map(Wire.redirect),
                Effect.catch(({ message }) => show(transaction, opened, { message, typed: parameters }))
              )
            : yield* leave(request, signIn)
        case "deny":
          return Wire.redirect(approvals.denied(request, "The user did not agree"))
        default:
          return yield* Wire.refuse(400, "invalid_request", "Nothing was decided")
      }
    })

  const leave = (request: AuthorizationRequest, { begin }: Redirect) =>
    Effect.gen(function* () {
      const [state, secret] = [yield* Digests.secret, yield* Digests.secret]
      const { remember, url } = yield* begin(state)
      yield* approvals.leave(state, { request, remember, digest: yield* Digests.digest(secret) })
      return yield* Browser.give(Wire.redirect(url), settings, "sign-in", state, secret)
    })

  return {
    page: (request: HttpServerRequest): Answer =>
      readable(
        Effect.gen(function* () {
          const transaction = (yield* Wire.query(request)).get("transaction") ?? ""
          return yield* show(transaction, yield* approvals.open(transaction))
        })
      ),
    decide: (request: HttpServerRequest): Answer =>
      readable(
        Effect.gen(function* () {
          const parameters = yield* Wire.form(request)
          const transaction = parameters.get("transaction") ?? ""
          const opened = yield* approvals.open(transaction)
          const secret = yield* Browser.secretOf(request, settings, "consent", transaction)
          const token = yield* Browser.formToken(secret ?? "", transaction)
          const sent = parameters.get("token") ?? ""
          if (secret === undefined || !Secrets.same(sent, token) || !Browser.isOwn(request, settings)) {
            return yield* Wire.refuse(
              403,
              "access_denied",
              "The page was not opened in this browser. Start again."
            )
          }
          const response = yield* decided(parameters, transaction, opened)
          return response.status === 303
            ? yield* Browser.take(response, settings, "consent", transaction)
            : response
        })
      )
  }
}

/** Where the browser comes back to from somebody else. */
export const callback =
  (settings: Resolved, approvals: Approvals, { finish }: Redirect) =>
  (request: HttpServerRequest): Answer =>
    readable(
      Effect.gen(function* () {
        const parameters = yield* Wire.query(request)
        const state = parameters.get("state") ?? ""
        const secret = yield* Browser.secretOf(request, settings, "sign-in", state)
        const away = yield* secret === undefined ? foreign : approvals.comeBack(state, secret)
        const target = yield* finish(parameters, away.remember).pipe(
          Effect.flatMap((who) => approvals.approvedElsewhere(away.request, who)),
          Effect.catch(({ message }) => Effect.succeed(approvals.denied(away.request, message)))
        )
        return yield* Browser.take(Wire.redirect(target), settings, "sign-in", state)
      })
    )
