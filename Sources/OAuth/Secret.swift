import JOSE

/// A bearer value that we hand out once: 256 random bits behind a prefix that secret scanners know.
///
/// It has no description on purpose; `text` is read where it is sent and nowhere else.
package struct Secret: Sendable {
    package enum Purpose: String, Sendable {
        case accessToken = "vst_at_"
        case refreshToken = "vst_rt_"
        case code = "vst_ac_"
        case launch = "vst_lh_"
        case session = "vst_se_"
        /// Between a right password and the second factor.
        case signIn = "vst_si_"
        case browser = "vst_br_"
        case interaction = "vst_in_"
        case clientSecret = "vst_cs_"
        /// Lets an app register itself (RFC 7591 §3).
        case initialAccessToken = "vst_ia_"
        /// Lets a registered app manage its registration (RFC 7592 §2).
        case registrationAccessToken = "vst_ra_"
        /// Stands in a form where there is no cookie: good once.
        case form = "vst_fo_"
    }

    package let text: String

    package init(_ purpose: Purpose, random: [UInt8]) {
        text = purpose.rawValue + Base64URL.encode(random)
    }

    /// A secret that somebody sent.
    package init(received text: String) {
        self.text = text
    }

    package var digest: SecretDigest { SecretDigest(of: text) }
}

/// The SHA-256 of a secret: all that the store ever sees. A look-up by digest takes the same time for any guess.
package struct SecretDigest: Sendable, Hashable {
    package let bytes: [UInt8]

    package init(of text: String) {
        bytes = Digest.sha256(text)
    }

    /// A digest that the store gave back.
    package init(stored bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// In constant time.
    package func matches(_ other: SecretDigest) -> Bool {
        constantTimeEqual(bytes, other.bytes)
    }
}

/// Where fresh random bytes come from: the system's source in the programs, a counted one in tests.
package struct SecretSource: Sendable {
    package let bytes: @Sendable (Int) -> [UInt8]

    package init(_ bytes: @escaping @Sendable (Int) -> [UInt8]) {
        self.bytes = bytes
    }

    package static let system = SecretSource { Random.bytes($0) }

    /// RFC 6749 §10.10 asks for 128 bits and recommends 160; all of ours have 256.
    package func fresh(_ purpose: Secret.Purpose) -> Secret {
        Secret(purpose, random: bytes(32))
    }

    /// A name for a row: 127 random bits, no secret. It begins with a letter, so that no command line takes it for an option.
    package func identifier() -> String {
        var random = bytes(16)
        random[0] &= 0x7F
        return Base64URL.encode(random)
    }
}
