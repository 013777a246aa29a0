import HTTP
import JOSE

/// One-time passwords by the clock, as every authenticator app makes them: HMAC-SHA-1, six digits, thirty seconds
/// (RFC 6238 §4, RFC 4226 §5.3).
package struct TOTP: Sendable, Equatable {
    /// 160 bits (RFC 4226 §4, requirement 6).
    package static let secretSize = 20
    package static let period = 30
    private static let digits = 6

    /// Shared with the person's app; never in a log.
    package let secret: [UInt8]

    package init(secret: [UInt8]) {
        self.secret = secret
    }

    /// The time step of this code, if it is one of now or its neighbours: a telephone's clock may be a step off
    /// (RFC 6238 §5.2). Whether the step was used before, the store knows.
    package func step(of code: String, at now: Instant) -> Int? {
        let sent = code.utf8.filter { $0 != 0x20 }
        guard sent.count == Self.digits, sent.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let current = now.seconds / Self.period
        // All three are looked at, whichever fits. The newest wins, so that it is spent.
        return [current - 1, current, current + 1].reduce(nil) { found, step in
            constantTimeEqual(Array(self.code(at: step).utf8), Array(sent)) ? step : found
        }
    }

    /// The code of a time step (RFC 4226 §5.3).
    package func code(at step: Int) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        let hash = HMAC.sha1(key: secret, message: counter)
        let offset = Int(hash[19] & 15)
        let number = hash[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
        let text = String(number % 1_000_000)
        return String(repeating: "0", count: Self.digits - text.count) + text
    }

    /// The secret as it is typed into an app.
    package var typed: String { Base32.encode(secret) }

    /// What the QR code says, in the form that authenticator apps agree on.
    package func uri(issuer: String, account: String) -> String {
        let issuer = PercentEncoding.encode(issuer)
        return "otpauth://totp/\(issuer):\(PercentEncoding.encode(account))?secret=\(typed)&issuer=\(issuer)"
    }
}
