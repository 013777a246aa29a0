import HTTP
import JOSE
import OAuth
import SMART
import Store

package typealias AuthorizeStores = ClientStore & SessionStore & UserStore & LaunchStore & InteractionStore
    & AuthorizationCodeStore & TokenStore & DenyRuleStore

/// The authorization endpoint (RFC 6749 §3.1, SMART app-launch#obtain-authorization-code).
///
/// It proves a request, keeps it as an interaction, and from then on only asks `AuthorizationStep` what is next and sends
/// the browser there. It draws no pages but errors; the pages issue no codes.
package struct AuthorizeEndpoint: Endpoint {
    private let urls: ServerURLs
    private let site: Site
    private let policy: TokenPolicy
    private let sessionPolicy: SessionPolicy
    private let stores: any AuthorizeStores
    private let frames: [FrameOrigin]
    /// In demo mode alone.
    private let simulator: Simulator?
    private let clock: Clock
    private let secrets: SecretSource

    package init(
        urls: ServerURLs, site: Site, policy: TokenPolicy, sessionPolicy: SessionPolicy,
        stores: any AuthorizeStores, frames: [FrameOrigin] = [],
        simulator: Simulator? = nil, clock: @escaping Clock, secrets: SecretSource = .system
    ) {
        self.urls = urls
        self.site = site
        self.policy = policy
        self.sessionPolicy = sessionPolicy
        self.stores = stores
        self.frames = frames
        self.simulator = simulator
        self.clock = clock
        self.secrets = secrets
    }

    package func respond(to request: Request) -> Response {
        do {
            switch request.method {
            case .get:
                let query = try query(of: request)
                if let interaction = query["interaction"], query["client_id"] == nil {
                    return try proceed(Secret(received: interaction), request)
                }
                return try begin(query, request)
            case .post:
                return try begin(form(of: request), request)
            default:
                return .methodNotAllowed("GET, POST")
            }
        } catch {
            return page(error, request)
        }
    }

    // MARK: A new request

    private func begin(_ form: Form, _ request: Request) throws(OAuthError) -> Response {
        let now = clock()
        let sent = AuthorizationRequest(form)
        let clientID = try sent.clientID()
        let client = try require(
            stored(stores.client(clientID)),
            else: .invalidClient("client_id is not registered here", detail: "unknown client"))
        let redirect = try sent.redirect(for: client, issuer: urls.issuer)

        do {
            let valid = try sent.validated(for: client, at: urls.fhirBase, redirect: redirect)
            _ = try simulator?.happen(at: .authorization, to: client.id, at: now)
            return try begin(valid, for: client, request, at: now)
        } catch {
            // RFC 9700 §4.11.2: nobody has signed in yet, so a link alone must not lead to an app that nobody vouches for.
            guard client.isVerified || sent.isSilent else { return page(error, to: redirect, client: client, request) }
            return refusal(error, to: redirect, client: client.id)
        }
    }

    private func begin(
        _ valid: ValidAuthorizationRequest, for client: ClientRegistration, _ request: Request, at now: Instant
    ) throws(OAuthError) -> Response {
        // A POST from another site comes without our cookies: the GET that follows ties it to the browser.
        let known = request.cookie(BrowserSession.browserCookie).map { Secret(received: $0) }
        let browser = request.method == .post ? nil : known ?? secrets.fresh(.browser)
        let id = interactionID(for: valid, in: browser)

        var launch: Launch?
        if let handle = valid.launch {
            guard let found = try stored(stores.launch(handle)) else {
                return try resume(id, valid, browser, at: now)
            }
            guard case .fresh = try found.used(by: client, at: now) else {
                throw try refusal(of: handle, broughtBy: client.id, at: now)
            }
            launch = found
        }
        let interaction = Interaction(
            id: id.digest, request: valid, launch: launch, startedAt: now,
            expiresAt: now + Interaction.lifetime,
            // Whether the browser keeps our cookie is seen when it comes back with it, or does not.
            browser: known == nil && launch?.vouchedAt != nil ? nil : browser?.digest,
            earlierSession: request.cookie(BrowserSession.sessionCookie).map { Secret(received: $0).digest })
        guard try stored(stores.begin(interaction)) == .begun else { return try resume(id, valid, browser, at: now) }

        var response =
            try immediateAnswer(id, interaction, for: client, request, at: now)
            ?? continuing(id).remarking("client", client.id)
        if let browser, known == nil {
            response.add("Set-Cookie", Cookie(name: BrowserSession.browserCookie, value: browser.text).field)
        }
        return response
    }

    /// Where an EHR vouches for its user there may be nothing to ask, and no cookie to ask with: then the code, or the
    /// refusal, comes at once. `nil` where the person has to see a page, or the browser has to show its cookie.
    private func immediateAnswer(
        _ id: Secret, _ interaction: Interaction, for client: ClientRegistration, _ request: Request, at now: Instant
    ) throws(OAuthError) -> Response? {
        guard interaction.isVouchedFor, request.method == .get else { return nil }
        let session = try BrowserSession(request, sessions: stores, policy: sessionPolicy, at: now).session
        let presence = try presence(session, in: interaction, users: stores)
        let denied = try denied(to: client, in: interaction, presence, rules: stores, at: now)
        let step = AuthorizationStep.next(
            for: client, presence: presence, interaction: interaction, denied: denied, at: now)
        switch step {
        case .issue, .refuse: return try take(step, id, interaction, presence, client, request, at: now)
        case .login, .secondFactor, .choosePatient, .chooseEncounter, .consent: return nil
        }
    }

    /// The same browser with the same launch and the same request, after a reload or Back: it goes on where it was.
    private func resume(
        _ id: Secret, _ valid: ValidAuthorizationRequest, _ browser: Secret?, at now: Instant
    ) throws(OAuthError) -> Response {
        if let browser, let interaction = try stored(stores.interaction(id.digest, at: now)),
            interaction.browser == browser.digest, interaction.request == valid
        {
            return continuing(id)
        }
        guard let handle = valid.launch else { throw .invalidRequest(Launch.refusal) }
        throw try refusal(of: handle, broughtBy: valid.clientID, at: now)
    }

    /// A handle that another client than its own brings has leaked, be it used or not: it ends, and what it began.
    private func refusal(
        of handle: SecretDigest, broughtBy client: String, at now: Instant
    ) throws(OAuthError) -> OAuthError {
        let isLeaked = try stored(stores.end(launch: handle, broughtBy: client, at: now))
        return .invalidRequest(
            Launch.refusal,
            detail: isLeaked ? "launch of another client; it is ended, and what it began" : "launch used or unknown")
    }

    /// For a launch the id follows from the browser and the request, so that a reload finds its interaction again.
    private func interactionID(for valid: ValidAuthorizationRequest, in browser: Secret?) -> Secret {
        guard let browser, let launch = valid.launch else { return secrets.fresh(.interaction) }
        return Secret(
            .interaction, random: HMAC.sha256(key: Array(browser.text.utf8), message: launch.bytes + valid.json))
    }

    // MARK: On the way

    private func proceed(_ id: Secret, _ request: Request) throws(OAuthError) -> Response {
        let now = clock()
        guard let interaction = try stored(stores.interaction(id.digest, at: now)) else {
            return lost(request, in: nil)
        }
        do {
            return try proceed(id, interaction, request, at: now)
        } catch {
            // OpenID Core §3.1.2.1: an app that asked for no page gets none, be the trouble ours.
            guard error.isTrouble, interaction.request.prompt.contains(.none) else {
                return page(error, request, in: interaction)
            }
            return refusal(error, to: interaction.request.redirect, client: interaction.request.clientID)
        }
    }

    private func proceed(
        _ id: Secret, _ interaction: Interaction, _ request: Request, at now: Instant
    ) throws(OAuthError) -> Response {
        var interaction = interaction
        let visitor = try BrowserSession(request, sessions: stores, policy: sessionPolicy, at: now)
        var newCookie: Cookie?
        if interaction.browser == nil, !interaction.isOf(visitor) {
            let browser = visitor.browser ?? secrets.fresh(.browser)
            let session = visitor.sessionSecret?.digest
            guard try stored(stores.bind(interaction.id, to: browser.digest, session: session)) else {
                return lost(request, in: interaction)
            }
            interaction.browser = browser.digest
            interaction.earlierSession = session
            if visitor.browser == nil {
                newCookie = Cookie(name: BrowserSession.browserCookie, value: browser.text)
            }
        } else if !interaction.isOf(visitor) {
            // OpenID Core §3.1.2.1: an app that asked for no page gets none.
            if visitor.browser == nil, interaction.request.prompt.contains(.none),
                let client = try stored(stores.client(interaction.request.clientID))
            {
                let step = AuthorizationStep.refuse(OAuthError(.loginRequired, "the browser sent no cookie of ours"))
                return try take(step, id, interaction, nil, client, request, at: now)
            }
            return visitor.browser == nil ? cookieless(request, in: interaction) : lost(request, in: interaction)
        }
        let client = try require(
            stored(stores.client(interaction.request.clientID)),
            else: .invalidClient("this app is not registered any more"))
        if let refusal = client.refusal { throw .invalidClient(refusal, detail: "client not usable") }
        let presence = try presence(visitor.session, in: interaction, users: stores)
        let denied = try denied(to: client, in: interaction, presence, rules: stores, at: now)
        let step = AuthorizationStep.next(
            for: client, presence: presence, interaction: interaction, denied: denied, at: now)
        var response = try take(step, id, interaction, presence, client, request, at: now)
        if let newCookie { response.add("Set-Cookie", newCookie.field) }
        return response
    }

    private func take(
        _ step: AuthorizationStep, _ id: Secret, _ interaction: Interaction, _ presence: Presence?,
        _ client: ClientRegistration, _ request: Request, at now: Instant
    ) throws(OAuthError) -> Response {
        switch step {
        case .login:
            return toPage("sign-in", id)
        case .secondFactor:
            return toPage("second-step", id)
        case .choosePatient:
            return toPage("patient", id)
        case .chooseEncounter:
            return toPage("encounter", id)
        case .consent:
            return toPage("consent", id)
        case .refuse(let error):
            guard try stored(stores.finish(interaction.id, at: now)) else { return lost(request, in: interaction) }
            return refusal(error, to: interaction.request.redirect, client: client.id)
        case .issue(let scopes, let basis):
            guard let presence else { return toPage("sign-in", id) }
            // The registration can have shrunk while the person was on the pages.
            let granted = scopes.allowed(by: client.scopes).grantable(
                to: presence, about: interaction.patient(for: presence.user, at: now), policy: sessionPolicy, at: now)
            guard !granted.isEmpty else {
                let nothing = OAuthError(.invalidScope, "nothing of what was asked for can be granted to this user")
                return try take(.refuse(nothing), id, interaction, presence, client, request, at: now)
            }
            let (authorization, session) = authorization(granted, basis, interaction, presence, client, at: now)
            let secret = secrets.fresh(.code)
            let code = AuthorizationCode(
                digest: secret.digest, authorization: authorization, redirectURI: interaction.request.redirect.uri,
                codeChallenge: interaction.request.codeChallenge, expiresAt: now + policy.code)
            guard
                try stored(
                    stores.issue(code, finishing: interaction, beginning: session, policy: sessionPolicy, at: now))
            else { return lost(request, in: interaction) }
            return .seeOther(AuthorizationResponse.code(secret).location(at: interaction.request.redirect))
                .remarking("event", "code_issued").remarking("client", client.id)
                .remarking("grant", authorization.grant)
        }
    }

    /// The grant that a code stands for, and the session that begins with it where the app wants to be online with a person
    /// whom only the EHR has signed in.
    private func authorization(
        _ scopes: ScopeSet, _ basis: AuthorizationStep.Basis, _ interaction: Interaction, _ presence: Presence,
        _ client: ClientRegistration, at now: Instant
    ) -> (Authorization, beginning: Session?) {
        var begun: Session?
        var session: SecretDigest?
        // Offline access outlives every session, so a grant that has it needs none.
        if scopes.contains(.onlineAccess), !scopes.contains(.offlineAccess) {
            if presence.session == nil {
                // Its hours began when the EHR signed the person in.
                begun = Session(
                    id: secrets.fresh(.session).digest, user: presence.user,
                    authenticatedAt: presence.authenticatedAt, lastSeenAt: now, browser: .ehr)
            }
            session = presence.session?.id ?? begun?.id
        }
        var context = interaction.context(for: presence.user, at: now)
        if interaction.launch != nil { context.smartStyleURL = context.smartStyleURL ?? urls.url(of: site.style) }
        let authorization = Authorization(
            grant: secrets.identifier(), clientID: client.id, user: presence.user, scopes: scopes, context: context,
            basis: basis, nonce: interaction.request.nonce,
            authenticatedAt: presence.authenticatedAt, session: session,
            requestedScope: interaction.request.requestedScope, methods: presence.session?.methods)
        return (authorization, begun)
    }

    // MARK: Answers

    private func continuing(_ id: Secret) -> Response {
        .seeOther("\(urls.authorization)?interaction=\(id.text)")
    }

    private func toPage(_ page: String, _ id: Secret) -> Response {
        .seeOther("\(urls.portal)/\(page)?interaction=\(id.text)")
    }

    private func refusal(_ error: OAuthError, to redirect: ProvenRedirect, client: String) -> Response {
        .seeOther(AuthorizationResponse.error(error).location(at: redirect)).refusing(error).remarking("client", client)
    }

    /// Errors that must not be redirected: the address they would go to is not proven (RFC 6749 §4.1.2.1).
    private func page(_ error: OAuthError, _ request: Request, in interaction: Interaction? = nil) -> Response {
        page(
            error.isTrouble ? .unavailable : .brokenRequest(from: nil), error, status: error.isTrouble ? 503 : 400,
            request, locales: interaction?.request.uiLocales, framedBy: interaction.map(frames.around) ?? [])
    }

    /// The same answer as a link that the person follows or does not.
    private func page(
        _ error: OAuthError, to redirect: ProvenRedirect, client: ClientRegistration, _ request: Request
    ) -> Response {
        let link = ErrorPage.AppLink(
            url: AuthorizationResponse.error(error).location(at: redirect), host: redirect.host)
        return page(
            error.isTrouble ? .unavailable : .unverifiedApp(client.name), error,
            status: error.isTrouble ? 503 : 400, request, back: link
        ).remarking("client", client.id)
    }

    /// What is over is nobody's: where an EHR may show our pages, it may show this one too.
    private func lost(_ request: Request, in interaction: Interaction?) -> Response {
        page(
            .expired, .invalidRequest("the interaction is unknown, expired or already answered"), status: 400, request,
            locales: interaction?.request.uiLocales, framedBy: interaction.map(frames.around) ?? frames)
    }

    private func cookieless(_ request: Request, in interaction: Interaction) -> Response {
        page(
            .cookieless, .invalidRequest("the browser sent no cookie of ours"), status: 400, request,
            locales: interaction.request.uiLocales, framedBy: frames.around(interaction))
    }

    /// - Parameter locales: what the app asked for when it began (OpenID Core §3.1.2.1); the query says it only then.
    private func page(
        _ words: ErrorPage.Words, _ error: OAuthError, status: Int, _ request: Request, back: ErrorPage.AppLink? = nil,
        locales: String? = nil, framedBy ancestors: [FrameOrigin] = []
    ) -> Response {
        let locales = locales ?? (try? Form(request.query))?["ui_locales"]
        return Response.page(
            ErrorPage(
                site: site.speaking(to: request).speaking(locales), words: words, code: error.code.rawValue,
                developerDescription: error.description, requestID: request.shortID, linksToPortal: back == nil,
                back: back, isFramed: request.saysItIsFramed ?? false
            ).render(), status: status, framedBy: ancestors
        ).refusing(error)
    }
}

extension OAuthError {
    /// Whether it is ours, and nothing that the app can help.
    fileprivate var isTrouble: Bool { code == .temporarilyUnavailable || code == .serverError }
}
