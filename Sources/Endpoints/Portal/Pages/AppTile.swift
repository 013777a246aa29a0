import HTTP
import OAuth
import SMART

/// An app that the person can start from the portal.
package struct AppTile: Sendable {
    /// The client id.
    package let id: String
    package let name: String
    /// Whose it is.
    package let organization: String?
    /// The host that it is from, for people to recognize.
    package let host: String?
    /// Whether somebody at the site has looked at it.
    package let isVerified: Bool
    /// What it may ask for; nobody gives it more.
    package let scopes: ScopeSet

    package init(
        id: String, name: String, organization: String? = nil, host: String? = nil, isVerified: Bool = true,
        scopes: ScopeSet
    ) {
        self.id = id
        self.name = name
        self.organization = organization
        self.host = host
        self.isVerified = isVerified
        self.scopes = scopes
    }

    package init(_ client: ClientRegistration) {
        // What an app says of itself for people (RFC 7591 §2), else where its answers go. Its logo lies elsewhere, and is
        // not loaded: that would tell its host who opens the portal.
        let page = client.presentation.clientURI ?? client.redirectURIs.compactMap(\.origin).first
        self.init(
            id: client.id, name: client.name, organization: client.presentation.organization,
            host: page.flatMap { AbsoluteURL($0)?.host },
            isVerified: client.isVerified, scopes: client.scopes)
    }

    package var needsPatient: Bool { scopes.hasPatientScope }

    /// What stands in place of a picture: the first letter of the name.
    var letter: String { name.first { $0.isLetter || $0.isNumber }.map { $0.uppercased() } ?? "·" }

    /// What it may see and do, a line for each verb, in the words of the consent page.
    func sentences(for reader: ConsentSentences.Reader, in language: Language) -> [String] {
        let words = ConsentSentences(scopes, for: reader, in: language)
        return (words.read + words.change + words.delete).map { access in
            let shown = access.kinds.prefix(Self.kindsShown)
            let more = access.kinds.count - shown.count
            let kinds = shown.joined(separator: ", ")
            guard more > 0 else { return "\(access.heading): \(kinds)" }
            return language.say(
                en: "\(access.heading): \(kinds) and \(more) more", es: "\(access.heading): \(kinds) y \(more) más",
                de: "\(access.heading): \(kinds) und \(more) weitere")
        }
    }

    /// More is read on the consent page.
    private static let kindsShown = 3
}
