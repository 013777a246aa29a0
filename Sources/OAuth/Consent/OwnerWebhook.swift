import HTTP
import JOSE

/// Where the owner of an app hears of what patients decide about the app, and by which keys that is signed.
///
/// Each key follows from a key of the house, the app and a salt, so that no secret is stored; another salt is another key.
package struct OwnerWebhook: Sendable, Equatable {
    package let url: String
    package let salt: String
    /// What was signed with before, and goes on beside the new key for a while.
    package let earlier: Earlier?

    package struct Earlier: Sendable, Equatable {
        package let salt: String
        package let until: Instant

        package init(salt: String, until: Instant) {
            self.salt = salt
            self.until = until
        }
    }

    package init(url: String, salt: String, earlier: Earlier? = nil) {
        self.url = url
        self.salt = salt
        self.earlier = earlier
    }

    /// Why a URL may not be one, in words for the person who registers it.
    package struct Refusal: Error, Equatable, CustomStringConvertible {
        package let description: String
    }

    /// Takes a URL: https (plain http on this machine alone, where that is allowed), no user, no fragment.
    package static func registrable(_ text: String, allowsLoopback: Bool) throws(Refusal) -> String {
        guard let url = AbsoluteURL(text) else {
            throw Refusal(description: "\(text): not an absolute URL without user information")
        }
        guard url.isSecure(orLoopback: allowsLoopback) else {
            throw Refusal(description: "\(text): a webhook is https")
        }
        guard url.fragment == nil else { throw Refusal(description: "\(text): a webhook has no fragment") }
        guard text.utf8.count <= 2000 else { throw Refusal(description: "a webhook has at most 2000 characters") }
        return text
    }

    /// What an event is signed with at a moment, the current key first.
    package func keys(of clientID: String, under house: [UInt8], at now: Instant) -> [[UInt8]] {
        let earlier = earlier.flatMap { now < $0.until ? $0.salt : nil }
        return [key(of: clientID, under: house)]
            + (earlier.map { [Self.key(of: clientID, salt: $0, under: house)] } ?? [])
    }

    /// The current one.
    package func key(of clientID: String, under house: [UInt8]) -> [UInt8] {
        Self.key(of: clientID, salt: salt, under: house)
    }

    private static func key(of clientID: String, salt: String, under house: [UInt8]) -> [UInt8] {
        // Neither a client_id nor a salt has a line break, so no two apps come to one text.
        HMAC.sha256(key: house, message: "vestibule owner webhook\n\(clientID)\n\(salt)")
    }
}
