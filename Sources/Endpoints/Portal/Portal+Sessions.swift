import HTTP
import JOSE
import OAuth
import Store

/// Where a person is signed in, and the end of what was left open elsewhere.
extension PortalEndpoint {
    func sessionsPage(_ request: Request) throws(OAuthError) -> Response {
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return signInFirst(.sessions) }
        return try sessionsPage(visitor, session, nil, status: 200)
    }

    /// One of the others, or all of them; this one ends by signing out.
    func endSessions(_ request: Request) throws(OAuthError) -> Response {
        let form = try form(of: request)
        let visitor = try visitor(of: request)
        guard let session = visitor.session else { return signInFirst(.sessions) }
        guard isOurs(form, request, token: visitor.formToken) else {
            return try sessionsPage(visitor, session, .formExpired, status: 403)
        }
        let which: SessionSelection
        if form["end"] == "others" {
            which = .allExcept(session.id)
        } else if let sent = form["session"], let bytes = Base64URL.decode(sent), bytes != session.id.bytes {
            which = .only(SecretDigest(stored: bytes))
        } else {
            return try sessionsPage(visitor, session, .noSuchSession, status: 404)
        }
        let ended = try stored(stores.end(which, of: session.user.id, at: clock()))
        guard ended > 0 else { return try sessionsPage(visitor, session, .noSuchSession, status: 404) }
        return try sessionsPage(visitor, session, .ended(ended), status: 200)
            .remarking("event", "sessions_ended").remarking("account", session.user.id)
    }

    private func sessionsPage(
        _ visitor: BrowserSession, _ session: Session, _ notice: SessionsPage.Notice?, status: Int
    ) throws(OAuthError) -> Response {
        let now = clock()
        let sessions = try stored(stores.sessions(of: session.user.id, at: now, policy: sessionPolicy)).map { each in
            OpenSession(
                id: Base64URL.encode(each.id.bytes), browser: each.browser, isThisOne: each.id == session.id,
                secondsSinceSignIn: now - each.authenticatedAt, secondsSinceSeen: now - each.lastSeenAt)
        }
        let page = SessionsPage(site: site, visitor: shown(visitor, session), sessions: sessions, notice: notice)
        return .page(page.render(), status: status)
    }
}
