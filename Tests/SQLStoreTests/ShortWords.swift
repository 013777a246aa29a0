import OAuth
import SQLStore
import Store

/// The verbs with the arguments that most tests do not care about left out.
extension SQLStore {
    func issue(_ code: AuthorizationCode, finishing id: SecretDigest, at now: Instant) throws -> Bool {
        let interaction = Interaction(
            id: id, request: try Sample.request(), launch: nil, startedAt: Sample.now, expiresAt: Sample.now + 600,
            browser: nil)
        return try issue(code, finishing: interaction, beginning: nil, policy: SessionPolicy(), at: now)
    }

    func accessToken(_ digest: SecretDigest, at now: Instant) throws -> ActiveToken? {
        try accessToken(digest, at: now, policy: SessionPolicy())
    }

    func grants(of account: String, at now: Instant) throws -> [ActiveGrant] {
        try grants(of: account, at: now, policy: SessionPolicy())
    }

    func begin(
        _ session: Session, of username: String, replacing old: SecretDigest?, policy: SessionPolicy
    ) throws {
        try begin(session, of: username, with: nil, replacing: old, policy: policy)
    }

    func end(session: SecretDigest) throws { try end(session: session, at: Sample.now) }

    func beginAttempt(named name: String, at now: Instant) throws -> Int {
        try begin([Attempt.signIn(name, from: "192.0.2.1", knownBrowser: nil)[0]], at: now)
    }
}

extension RefreshToken {
    var isSpent: Bool { use != nil }
}
