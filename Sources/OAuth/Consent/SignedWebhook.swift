import HTTP
import JOSE
import SMART

/// A message that proves whom it comes from, as the Standard Webhooks libraries sign: HMAC-SHA256 over id, time and body.
package struct SignedWebhook: Sendable, Equatable {
    package let id: String
    package let sentAt: Instant

    /// How far its clock and ours may be apart, in seconds: who has caught a message cannot keep it for later.
    package static let tolerance = 300

    /// What both sides compute: over the words as they are sent.
    static func signature(id: String, timestamp: String, body: [UInt8], under key: [UInt8]) -> [UInt8] {
        HMAC.sha256(key: key, message: Array("\(id).\(timestamp).".utf8) + body)
    }

    /// - Throws: `invalidClient`, for whoever does not know the key.
    package init(_ fields: Fields, body: [UInt8], under key: [UInt8], at now: Instant) throws(OAuthError) {
        let id = try require(fields["webhook-id"], else: .invalidClient("webhook-id is missing"))
        try require(
            (1...256).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7E).contains($0) },
            else: .invalidClient("webhook-id is up to 256 printable characters"))
        let text = try require(fields["webhook-timestamp"], else: .invalidClient("webhook-timestamp is missing"))
        let seconds = try require(
            (1...12).contains(text.utf8.count) ? Int(text) : nil,
            else: .invalidClient("webhook-timestamp is a number of seconds since 1970"))
        let signatures = try require(
            fields["webhook-signature"], else: .invalidClient("webhook-signature is missing"))
        let expected = Self.signature(id: id, timestamp: text, body: body, under: key)
        // While a key is changed there are several, each with its version.
        let isSigned = signatures.split(separator: " ").prefix(8).contains { signature in
            guard signature.hasPrefix("v1,"), let given = Base64.decode(String(signature.dropFirst(3))) else {
                return false
            }
            return constantTimeEqual(given, expected)
        }
        try require(isSigned, else: .invalidClient("webhook-signature is not that of this body under our key"))
        // After the signature: who does not know the key learns nothing of our clock.
        try require(
            abs(now.seconds - seconds) <= Self.tolerance,
            else: .invalidClient("webhook-timestamp is more than five minutes from our clock"))
        self.id = id
        sentAt = Instant(seconds)
    }
}
