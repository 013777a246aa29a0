import JOSE
import OAuth
import SMART

/// Signs the links to later pages, so that only the grant they were made for can use them, and only for a while.
struct PageLinkSeal: Sendable {
    private static let macLength = 32

    private let key: [UInt8]

    init(key: [UInt8]) {
        self.key = key
    }

    func sealed(_ link: PageLink, for grant: String) -> String {
        let text = Array(link.text.utf8)
        return Base64URL.encode(mac(of: text, grant) + text)
    }

    /// The link, if it is ours, for this grant and not too old.
    func open(_ sealed: String, for grant: String, at now: Instant) -> PageLink? {
        guard let bytes = Base64URL.decode(sealed), bytes.count > Self.macLength else { return nil }
        let text = Array(bytes[Self.macLength...])
        guard constantTimeEqual(Array(bytes[..<Self.macLength]), mac(of: text, grant)),
            let link = PageLink(text: String(decoding: text, as: UTF8.self)), Instant(link.expiry) > now
        else { return nil }
        return link
    }

    /// The grant's length comes first: no text can be moved from one part into the other.
    private func mac(of text: [UInt8], _ grant: String) -> [UInt8] {
        HMAC.sha256(key: key, message: Array("\(grant.utf8.count)|\(grant)|".utf8) + text)
    }
}
