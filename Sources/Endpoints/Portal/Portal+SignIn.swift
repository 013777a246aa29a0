import HTTP
import JOSE
import OAuth
import SMART
import Store

/// Signing in and out.
extension PortalEndpoint {
    func signInPage(_ request: Request) throws(OAuthError) -> Response {
        let parameters = try query(of: request)
        let visit = try visit(parameters, request)
        if parameters["interaction"] != nil, visit == nil { return lost(request) }
        if let visit, step(of: visit) != .login { return backToAuthorize(visit) }
        let visitor = try visitor(of: request)
        if let visit, parameters["window"] == nil, mayBeFramed(visit, request) { return windowPage(visit) }
        let destination = Destination(parameters)
        if visit == nil, visitor.session != nil { return .seeOther(destination.url(urls)) }
        let problem: SignInProblem? = parameters["ended"] == nil ? nil : .sessionEnded
        return signInPage(
            visit, visitor, username: visit?.interaction.request.loginHint ?? "", destination, problem, status: 200)
    }

    func signIn(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        let visit = try visit(form, request)
        if form["interaction"] != nil, visit == nil { return lost(request) }
        let visitor = try visitor(of: request)
        let username = form["username"] ?? ""
        let destination = Destination(form)
        guard isOurs(form, request, token: visitor.signInToken) else {
            return signInPage(visit, visitor, username: username, destination, .formExpired, status: 403)
                .remarking("event", "sign_in_form_expired")
        }
        return try judge(
            username, password: form["password"] ?? "", visit, visitor, destination, request)
    }

    private func judge(
        _ username: String, password: String, _ visit: Visit?, _ visitor: BrowserSession, _ destination: Destination,
        _ request: Request
    ) throws(OAuthError) -> Response {
        let now = clock()
        let name = Account.normalized(username: username)
        var account: Account?
        if let name {
            account = try stored(stores.account(named: name))
        }
        var counted: [Attempt]?
        if let name { counted = try attempts(at: name, from: request.remoteAddress, with: visitor, at: now) }
        let attempts = counted
        // An unknown name costs the same as a known one, so neither the time nor a wait tells who has an account.
        let hash = account?.password ?? Self.decoy
        var found = Verdict.wrong
        if let attempts, Account.isPossible(password: password) {
            let verdict = hashing.pass {
                Result { () throws(OAuthError) -> Verdict in
                    let delay = try stored(stores.begin(attempts, at: now))
                    return delay > 0 ? .wait(delay) : hash?.matches(password) ?? false ? .right : .wrong
                }
            }
            guard let verdict else {
                return signInPage(visit, visitor, username: username, destination, .unavailable, status: 503)
                    .adding("Retry-After", "2").remarking("event", "sign_in_crowded")
            }
            found = try verdict.get()
        }
        if case .wait(let delay) = found {
            return signInPage(visit, visitor, username: username, destination, .delayed(seconds: delay), status: 429)
                .adding("Retry-After", String(delay)).remarking("event", "sign_in_delayed")
        }
        guard let account, case .right = found, !account.user.isDisabled else {
            // A name that nobody has may be a password typed in the wrong place: it is kept nowhere.
            let reason = account == nil ? "unknown_user" : found.isRight ? "user_disabled" : "wrong_password"
            try stored(
                stores.record(
                    AuditEvent(.signIn, .refused, account: account?.user.id, details: [.init(.reason, reason)]), at: now
                )
            )
            return signInPage(visit, visitor, username: username, destination, .wrong, status: 403)
                .remarking("event", "sign_in_refused")
        }

        if let attempts { try stored(stores.forget(attempts)) }
        if let next = try pendingStep(for: account, visit, visitor, destination, at: now) { return next }
        var response = visit.map(backToAuthorize) ?? .seeOther(destination.url(urls))
        for cookie in try beginSession(of: account, visitor, request, secondFactor: .absent, at: now) {
            response.add("Set-Cookie", cookie.field)
        }
        return response.remarking("event", "signed_in").remarking("account", account.user.id)
    }

    /// The session of a person who has shown everything, and the cookies that go with it.
    func beginSession(
        of account: Account, _ visitor: BrowserSession, _ request: Request, secondFactor: SecondFactorStanding,
        at now: Instant
    ) throws(OAuthError) -> [Cookie] {
        let secret = secrets.fresh(.session)
        let session = Session(
            id: secret.digest, user: account.user, authenticatedAt: now, lastSeenAt: now,
            browser: BrowserKind(userAgent: request.fields["user-agent"]), secondFactor: secondFactor)
        try stored(
            stores.begin(
                session, of: account.username, with: visitor.browser?.digest,
                replacing: visitor.sessionSecret?.digest, policy: sessionPolicy))
        var cookies = [Cookie(name: BrowserSession.sessionCookie, value: secret.text)]
        // From now on this browser is known for this person, and stays so when it is closed.
        if let browser = visitor.browser {
            cookies.append(
                Cookie(name: BrowserSession.browserCookie, value: browser.text, maxAge: BrowserSession.browserMemory))
        }
        return cookies
    }

    /// What this attempt counts under: a browser that this person has signed in with before is no stranger.
    private func attempts(
        at name: String, from address: String, with visitor: BrowserSession, at now: Instant
    ) throws(OAuthError) -> [Attempt] {
        var known: SecretDigest?
        if let browser = visitor.browser?.digest, try stored(stores.knows(browser: browser, of: name, at: now)) {
            known = browser
        }
        return Attempt.signIn(name, from: address, knownBrowser: known)
    }

    func signOut(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        let visitor = try visitor(of: request)
        guard isOurs(form, request, token: visitor.formToken) else { return formExpired(request) }
        if let session = visitor.sessionSecret { try stored(stores.end(session: session.digest, at: clock())) }
        // Another person in the middle of an authorization signs in and goes on with it.
        var response: Response
        if form["next"] == "sign-in" {
            let interaction = form["interaction"].map { "?interaction=\(PercentEncoding.encode($0))" } ?? ""
            let destination = form["to"] == "second-factor" ? Destination.secondFactor.query : ""
            response = .seeOther("\(urls.portal)/sign-in\(interaction.isEmpty ? destination : interaction)")
        } else {
            response = .seeOther("\(urls.portal)/signed-out")
        }
        response.add("Set-Cookie", Cookie.deleted(BrowserSession.sessionCookie).field)
        return response.remarking("event", "signed_out")
    }

    private func signInPage(
        _ visit: Visit?, _ visitor: BrowserSession, username: String, _ destination: Destination,
        _ problem: SignInProblem?, status: Int
    ) -> Response {
        let browser = visitor.browser ?? secrets.fresh(.browser)
        let page = SignInPage(
            site: site(visit), csrf: BrowserSession.token(for: browser), interaction: visit?.id.text,
            username: username,
            appName: visit?.client.name, destination: visit == nil ? destination : .portal, problem: problem,
            demoAccounts: demoAccounts)
        var response = Response.page(page.render(), status: status)
        if visitor.browser == nil {
            response.add("Set-Cookie", Cookie(name: BrowserSession.browserCookie, value: browser.text).field)
        }
        return response
    }

    /// Whether the sign-in page would be refused by the browser, for it is never in a frame. One that does not say where it
    /// shows a page, and keeps no cookie of ours, may be an old one with a frame.
    private func mayBeFramed(_ visit: Visit, _ request: Request) -> Bool {
        !frames.around(visit.interaction).isEmpty && (request.saysItIsFramed ?? (visit.visitor.browser == nil))
    }

    private func windowPage(_ visit: Visit) -> Response {
        let page = WindowPage(site: site(visit), appName: visit.client.name, interaction: visit.id.text)
        return self.page(page.render(), in: visit)
    }

    typealias Destination = SignInPage.Destination

    private enum Verdict {
        case right
        case wrong
        /// Not looked at: the name has to wait so many seconds.
        case wait(Int)

        var isRight: Bool { if case .right = self { true } else { false } }
    }

    /// A hash of no password anybody has: its digest is all zero.
    private static let decoy = PasswordHash(
        "$scrypt$ln=15,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
}

extension SignInPage.Destination {
    init(_ parameters: Form) {
        self = parameters["next"].flatMap(Self.init(rawValue:)) ?? .portal
    }

    var query: String { self == .portal ? "" : "?next=\(rawValue)" }

    func url(_ urls: ServerURLs) -> String {
        switch self {
        case .portal: urls.portal
        case .apps: urls.management
        case .activity: "\(urls.portal)/activity"
        case .limits: urls.authBase + LimitsPage.path
        case .sessions: "\(urls.portal)/sessions"
        case .developer: urls.authBase + DeveloperPage.path
        case .secondFactor: "\(urls.portal)/second-factor"
        case .helpDesk: urls.authBase + HelpDeskPage.path
        }
    }
}
