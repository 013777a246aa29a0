import HTTP
import OAuth
import Service
import Store

/// Who is on a page of the second factor: somebody signed in, or somebody whose password was right a moment ago.
struct SigningIn {
    enum State {
        case pending(PendingSignIn)
        case session(Session)
    }

    let state: State
    let visitor: BrowserSession
    /// The authorization that it is for, if there is one.
    let visit: Visit?
    let destination: SignInPage.Destination
    /// What the forms of these pages carry.
    let csrf: String

    var user: User {
        switch state {
        case .pending(let pending): pending.account.user
        case .session(let session): session.user
        }
    }

    var session: Session? {
        if case .session(let session) = state { session } else { nil }
    }

    /// A sign-in of the last quarter of an hour: whoever finds an open desk sets up nothing there.
    func isFresh(at now: Instant) -> Bool {
        session.map { now - $0.authenticatedAt < 900 } ?? true
    }
}

extension PortalEndpoint {
    /// A sign-in that waits comes before a session that is there: the person has just typed a password.
    func signingIn(_ parameters: Form, _ request: Request) throws(OAuthError) -> SigningIn? {
        let visit = try visit(parameters, request)
        let visitor = try visitor(of: request)
        let destination = Destination(parameters)
        if let secret = request.cookie(BrowserSession.signInCookie).map({ Secret(received: $0) }),
            let pending = try stored(stores.pendingSignIn(secret.digest, at: clock())),
            pending.browser == visitor.browser?.digest
        {
            return SigningIn(
                state: .pending(pending), visitor: visitor, visit: visit, destination: destination,
                csrf: BrowserSession.token(for: secret))
        }
        guard let session = visitor.session, let csrf = visitor.formToken else { return nil }
        return SigningIn(
            state: .session(session), visitor: visitor, visit: visit, destination: destination, csrf: csrf)
    }

    /// After a right password: the page that still stands between the person and a session, if there is one.
    func pendingStep(
        for account: Account, _ visit: Visit?, _ visitor: BrowserSession, _ destination: Destination, at now: Instant
    ) throws(OAuthError) -> Response? {
        let hasOne = try stored(stores.secondFactor(of: account.user.id))?.confirmedAt != nil
        guard hasOne || secondFactorPolicy.demands(of: account), let browser = visitor.browser else { return nil }
        let secret = secrets.fresh(.signIn)
        try stored(
            stores.begin(
                PendingSignIn(id: secret.digest, account: account, browser: browser.digest, authenticatedAt: now)))
        let page = hasOne ? "\(urls.portal)/second-step" : "\(urls.portal)/second-factor"
        var response = Response.seeOther(page + query(visit, destination))
        response.add("Set-Cookie", Cookie(name: BrowserSession.signInCookie, value: secret.text).field)
        return response.remarking("event", "password_right").remarking("account", account.user.id)
    }

    /// Back to the beginning: whoever was on the way is not any more.
    func signInAgain(_ parameters: Form) -> Response {
        let interaction = parameters["interaction"].map { "?interaction=\(PercentEncoding.encode($0))" }
        return .seeOther("\(urls.portal)/sign-in" + (interaction ?? Destination(parameters).query))
    }

    /// The second factor is shown: a session begins, or goes on as a stronger one.
    ///
    /// - Returns: its cookies and the value of its forms; `nil` where somebody was quicker.
    func finish(_ person: SigningIn, _ request: Request, at now: Instant) throws(OAuthError) -> [Cookie]? {
        switch person.state {
        case .pending(let pending):
            guard try stored(stores.end(pending: pending.id)) else { return nil }
            return try beginSession(
                of: pending.account, person.visitor, request, secondFactor: .proven, at: now)
                + [.deleted(BrowserSession.signInCookie)]
        case .session(let session):
            let secret = secrets.fresh(.session)
            guard try stored(stores.raise(session.id, to: secret.digest, at: now)) else { return nil }
            return [Cookie(name: BrowserSession.sessionCookie, value: secret.text)]
        }
    }

    /// Where the person wanted to go.
    func wayOn(_ person: SigningIn) -> String {
        person.visit.map { "\(urls.authorization)?interaction=\($0.id.text)" } ?? person.destination.url(urls)
    }

    private func query(_ visit: Visit?, _ destination: Destination) -> String {
        visit.map { "?interaction=\($0.id.text)" } ?? destination.query
    }

    // MARK: Codes

    enum CodeVerdict {
        case right
        case wrong
        /// Not looked at: so many seconds to wait.
        case wait(Int)
    }

    /// Looks at a code of the authenticator app, or at a recovery code, and uses it up.
    func judge(_ code: String, of factor: SecondFactor, _ user: User, at now: Instant) throws(OAuthError) -> CodeVerdict
    {
        let totp = try open(factor, of: user)
        let attempts = Attempt.secondFactor(of: user.id)
        let delay = try stored(stores.begin(attempts, at: now))
        guard delay <= 0 else { return .wait(delay) }
        var isRight = false
        if let step = totp.step(of: code, at: now) {
            isRight = try stored(stores.spend(step: step, of: factor, account: user.id, at: now))
        } else if RecoveryCode.isPossible(code) {
            let digest = RecoveryCode.digest(of: code, account: user.id)
            isRight = try stored(stores.spend(recoveryCode: digest, of: user.id, at: now))
        }
        guard isRight else { return try refused(user, at: now) }
        try stored(stores.forget(attempts))
        return .right
    }

    func refused(_ user: User, at now: Instant) throws(OAuthError) -> CodeVerdict {
        try stored(
            stores.record(
                AuditEvent(.secondFactor, .refused, account: user.id, details: [.init(.reason, "wrong_code")]), at: now)
        )
        return .wrong
    }

    func open(_ factor: SecondFactor, of user: User) throws(OAuthError) -> TOTP {
        try factor.open(of: user.id, under: sealingKey())
    }

    func sealingKey() throws(OAuthError) -> [UInt8] {
        do {
            return try totpKey()
        } catch {
            throw OAuthError(
                .temporarilyUnavailable, "second factors cannot be checked here", detail: error.description)
        }
    }
}
