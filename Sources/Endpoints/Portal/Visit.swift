import HTTP
import OAuth
import SMART
import Store

/// A person on one of the pages of an authorization: the interaction is this browser's, and the app is still there.
struct Visit {
    let id: Secret
    let interaction: Interaction
    let client: ClientRegistration
    let visitor: BrowserSession
    /// Who is there, by a session of ours or by the word of an EHR.
    let presence: Presence?
    /// The patient that the authorization is about, as far as that is known.
    let patient: String?
    /// Whether the browser says so.
    let isFramed: Bool
    /// What the patient in context does not let the app have.
    let denied: DenyRules

    /// What of the request nobody has denied elsewhere.
    var open: ScopeSet {
        interaction.request.scopes.permitted(by: denied, patient: patient)
    }
}

extension PortalEndpoint {
    /// The visit that a page's `interaction` parameter names; `nil` where it is lost, expired or another browser's.
    func visit(_ parameters: Form, _ request: Request) throws(OAuthError) -> Visit? {
        let visitor = try visitor(of: request)
        guard let id = parameters["interaction"].map({ Secret(received: $0) }),
            let interaction = try stored(stores.interaction(id.digest, at: clock())),
            try isOf(visitor, interaction),
            let client = try stored(stores.client(interaction.request.clientID)), client.isUsable
        else { return nil }
        let presence = try presence(visitor.session, in: interaction, users: stores)
        return Visit(
            id: id, interaction: interaction, client: client, visitor: visitor, presence: presence,
            patient: presence.flatMap { interaction.patient(for: $0.user, at: clock()) },
            isFramed: request.saysItIsFramed ?? false,
            denied: try denied(to: client, in: interaction, presence, rules: stores, at: clock()))
    }

    /// Whether an interaction is this browser's. One that an EHR vouches for, begun without a cookie, becomes so with the
    /// first cookie that comes.
    private func isOf(_ visitor: BrowserSession, _ interaction: Interaction) throws(OAuthError) -> Bool {
        guard interaction.isVouchedFor, interaction.browser == nil, let browser = visitor.browser else {
            return interaction.isOf(visitor)
        }
        return try stored(stores.bind(interaction.id, to: browser.digest, session: visitor.sessionSecret?.digest))
    }

    /// The value that the forms of a visit carry: from the cookie, or, without one, good for one form and once.
    func formToken(of visit: Visit) throws(OAuthError) -> String {
        if let token = visit.visitor.formToken ?? visit.visitor.signInToken { return token }
        let value = secrets.fresh(.form)
        try stored(stores.show(form: value.digest, in: visit.interaction.id))
        return value.text
    }

    /// Whether a POST comes from the form that this visit was shown (RFC 6749 §10.12).
    func isOurs(_ form: Form, _ request: Request, _ visit: Visit) throws(OAuthError) -> Bool {
        if let token = visit.visitor.formToken ?? visit.visitor.signInToken {
            return isOurs(form, request, token: token)
        }
        if let origin = request.fields["origin"], !origin.isExactly(urls.origin) { return false }
        guard let value = form["csrf"] else { return false }
        return try stored(stores.spend(form: SecretDigest(of: value), in: visit.interaction.id))
    }

    /// The site in the language that the app asked for, where it asked for one (OpenID Core §3.1.2.1).
    func site(_ visit: Visit?) -> Site {
        site.speaking(visit?.interaction.request.uiLocales)
    }

    /// Back to the one place that knows what is next.
    func backToAuthorize(_ visit: Visit) -> Response {
        .seeOther("\(urls.authorization)?interaction=\(visit.id.text)")
    }

    /// What the authorization needs now; a page that is not it sends the browser back.
    func step(of visit: Visit) -> AuthorizationStep {
        AuthorizationStep.next(
            for: visit.client, presence: visit.presence, interaction: visit.interaction, denied: visit.denied,
            at: clock())
    }
}
