import JOSE
import OAuth
import SMART

/// Signs the links to later pages and to exports, so that only whom they were made for can use them, and only for a while.
struct LinkSeal: Sendable {
    private static let macLength = 32

    private let key: [UInt8]

    init(key: [UInt8]) {
        self.key = key
    }

    func sealed(_ link: PageLink, for grant: String) -> String { sealed(link.text, for: "grant \(grant)") }

    /// Tokens of a backend service live for minutes, its exports for hours: they are the client's.
    func sealed(_ link: ExportLink, for client: String) -> String { sealed(link.text, for: "client \(client)") }

    /// The link, if it is ours, for this grant and not too old.
    func open(_ sealed: String, for grant: String, at now: Instant) -> PageLink? {
        opened(sealed, for: "grant \(grant)").flatMap { PageLink(text: $0) }.flatMap {
            Instant($0.expiry) > now ? $0 : nil
        }
    }

    func openExport(_ sealed: String, for client: String, at now: Instant) -> ExportLink? {
        opened(sealed, for: "client \(client)").flatMap { ExportLink(text: $0) }
            .flatMap { Instant($0.expiry) > now ? $0 : nil }
    }

    private func sealed(_ text: String, for holder: String) -> String {
        let text = Array(text.utf8)
        return Base64URL.encode(mac(of: text, holder) + text)
    }

    private func opened(_ sealed: String, for holder: String) -> String? {
        guard let bytes = Base64URL.decode(sealed), bytes.count > Self.macLength else { return nil }
        let text = Array(bytes[Self.macLength...])
        guard constantTimeEqual(Array(bytes[..<Self.macLength]), mac(of: text, holder)) else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    /// The holder's length comes first: no text can be moved from one part into the other.
    private func mac(of text: [UInt8], _ holder: String) -> [UInt8] {
        HMAC.sha256(key: key, message: Array("\(holder.utf8.count)|\(holder)|".utf8) + text)
    }
}
