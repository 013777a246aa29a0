import JOSE

/// What the store keeps of a person's second factor.
package struct SecondFactor: Sendable, Equatable {
    /// The secret of its TOTP, sealed for the account.
    package let sealed: [UInt8]
    /// `nil` until the person has shown a first code: until then it asks nothing of anybody.
    package let confirmedAt: Instant?
    package let recoveryCodesLeft: Int

    package init(sealed: [UInt8], confirmedAt: Instant?, recoveryCodesLeft: Int) {
        self.sealed = sealed
        self.confirmedAt = confirmedAt
        self.recoveryCodesLeft = recoveryCodesLeft
    }

    /// A new secret, sealed (NIST SP 800-38D) for one account under the key that portal alone reads.
    package static func seal(
        _ totp: TOTP, of account: String, under key: [UInt8]
    ) throws(OAuthError) -> [UInt8] {
        guard let sealed = try? SealedBox.seal(totp.secret, under: key, context: context(account)) else {
            throw OAuthError(.serverError, "the second factor could not be sealed", detail: "sealing failed")
        }
        return sealed
    }

    package func open(of account: String, under key: [UInt8]) throws(OAuthError) -> TOTP {
        guard let secret = try? SealedBox.open(sealed, under: key, context: Self.context(account)) else {
            throw OAuthError(
                .temporarilyUnavailable, "the second factor cannot be checked",
                detail: "totp.key is not the one that this account's second factor was sealed under")
        }
        return TOTP(secret: secret)
    }

    private static func context(_ account: String) -> String { "second-factor:\(account)" }
}

/// How far a session has gone with it.
package enum SecondFactorStanding: String, Sendable, Equatable {
    /// The person has none.
    case absent
    /// The person has one and has not been asked for it.
    case enrolled
    /// The person has shown it in this session.
    case proven
}

/// Who has to have one, by the site's word.
package enum SecondFactorPolicy: String, Sendable, CaseIterable {
    /// Whoever wants it, and whom the administrator has named.
    case optional
    /// Everybody who is neither a patient nor a related person, too.
    case staff
    case all

    package func demands(of account: Account) -> Bool {
        if account.needsSecondFactor { return true }
        return switch self {
        case .optional: false
        case .staff: account.user.fhirUser?.isPrivate != true
        case .all: true
        }
    }
}

/// A person whose password was right and whose second factor is still to be shown: no session, and good in one browser for
/// some minutes.
package struct PendingSignIn: Sendable {
    package static let lifetime = 600

    package let id: SecretDigest
    package let account: Account
    /// The digest of the browser's cookie.
    package let browser: SecretDigest
    package let authenticatedAt: Instant

    package init(id: SecretDigest, account: Account, browser: SecretDigest, authenticatedAt: Instant) {
        self.id = id
        self.account = account
        self.browser = browser
        self.authenticatedAt = authenticatedAt
    }
}
