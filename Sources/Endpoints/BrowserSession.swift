import HTTP
import JOSE
import OAuth
import Store

/// What the cookies of a request say: which browser, and who is signed in with it.
struct BrowserSession {
    static let browserCookie = "vestibule-browser"
    static let sessionCookie = "vestibule-session"
    /// Between a right password and the second factor.
    static let signInCookie = "vestibule-sign-in"
    /// Half a year: as long as the store knows a browser that somebody has signed in with.
    static let browserMemory = 180 * 86_400

    /// The secret that ties interactions to this browser; `nil` before the first visit.
    let browser: Secret?
    let sessionSecret: Secret?
    let session: Session?

    /// Reads the cookies and the session behind them, and notes that somebody is here.
    init(_ request: Request, sessions: any SessionStore, policy: SessionPolicy, at now: Instant) throws(OAuthError) {
        browser = request.cookie(Self.browserCookie).map { Secret(received: $0) }
        sessionSecret = request.cookie(Self.sessionCookie).map { Secret(received: $0) }
        guard let sessionSecret else {
            session = nil
            return
        }
        session = try stored(sessions.session(sessionSecret.digest, at: now, policy: policy))
        // Once a minute is exact enough for an idle time of minutes, and saves a write on every click.
        if let session, now - session.lastSeenAt >= 60 { try stored(sessions.touch(session.id, at: now)) }
    }

    /// The value that the forms of a signed-in person carry: only our own pages can know it (RFC 6749 §10.12).
    var formToken: String? { sessionSecret.map { Self.token(for: $0) } }

    /// The same for the sign-in form, which comes before there is a session.
    var signInToken: String? { browser.map { Self.token(for: $0) } }

    static func token(for secret: Secret) -> String {
        Base64URL.encode(HMAC.sha256(key: Array(secret.text.utf8), message: "form"))
    }

    /// Whether a POST comes from one of our own pages in this browser.
    static func isOurs(_ form: Form, _ request: Request, origin: String, token: String?) -> Bool {
        // Browsers send Origin with every POST; one that names another site is refused whatever else it brings.
        if let sent = request.fields["origin"], sent != origin { return false }
        guard let token, let sent = form["csrf"] else { return false }
        return constantTimeEqual(Array(token.utf8), Array(sent.utf8))
    }
}

extension Interaction {
    /// Whether an interaction is this browser's: by the cookie, or, where an EHR vouches for its user and the browser keeps
    /// no cookies (a frame in the EHR), by the one-time value that its forms carry.
    func isOf(_ visitor: BrowserSession) -> Bool {
        guard let browser else { return isVouchedFor && visitor.browser == nil }
        return browser == visitor.browser?.digest
    }
}

/// Who is there: by a session, or by the word of the EHR that prepared the launch.
func presence(
    _ session: Session?, in interaction: Interaction, users: any UserStore
) throws(OAuthError) -> Presence? {
    var vouched: User?
    if interaction.isVouchedFor, let account = interaction.launch?.account { vouched = try stored(users.user(account)) }
    return Presence(session, vouched: vouched, in: interaction)
}
