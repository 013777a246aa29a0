import JOSE

/// The S256 challenge of an authorization request (RFC 7636 §4.2).
package struct CodeChallenge: Sendable, Equatable {
    package let text: String

    /// 43 characters of base64url: the 32 bytes of a SHA-256.
    package init?(_ text: String) {
        guard text.utf8.count == 43, Base64URL.decode(text)?.count == 32 else { return nil }
        self.text = text
    }

    /// RFC 7636 §4.6: the verifier is the one whose hash the challenge is. One outside of RFC 7636 §4.1 matches nothing.
    package func matches(_ verifier: String) -> Bool {
        guard (43...128).contains(verifier.utf8.count), verifier.utf8.allSatisfy(Self.isUnreserved) else {
            return false
        }
        return constantTimeEqual(Array(Base64URL.encode(Digest.sha256(verifier)).utf8), Array(text.utf8))
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
