import HTTP

/// One scope of a request or a grant, with the spelling that its client used.
package struct Scope: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case clinical(ClinicalScope)
        case launch
        /// `launch/<type>`: asks for a context of that type. The role is a URI, or `nil`.
        case launchContext(type: String, role: String?)
        case openID
        case fhirUser
        case profile
        case offlineAccess
        case onlineAccess
        /// A scope of the site's own: a full URI or a name that starts with `__`.
        case other
    }

    package let kind: Kind
    /// Exactly as the client wrote it, so that a fully granted scope goes back unchanged.
    package let spelling: String

    /// SMART scopes-and-launch-context, or `nil` for what the grammar does not know.
    package init?(_ spelling: String) {
        guard Self.isToken(spelling) else { return nil }
        self.spelling = spelling
        switch spelling {
        case "launch": kind = .launch
        case "openid": kind = .openID
        case "fhirUser": kind = .fhirUser
        case "profile": kind = .profile
        case "offline_access": kind = .offlineAccess
        case "online_access": kind = .onlineAccess
        case _ where spelling.hasPrefix("launch/"):
            guard let launch = Self.launchContext(spelling.dropFirst("launch/".count)) else { return nil }
            kind = launch
        case _ where spelling.hasPrefix("__") || AbsoluteURL(spelling) != nil || spelling.hasPrefix("urn:"):
            kind = .other
        default:
            guard let clinical = ClinicalScope(spelling) else { return nil }
            kind = .clinical(clinical)
        }
    }

    package init(_ clinical: ClinicalScope) {
        kind = .clinical(clinical)
        spelling = clinical.spelling
    }

    package var clinical: ClinicalScope? {
        if case .clinical(let scope) = kind { scope } else { nil }
    }

    /// RFC 6749 §3.3: scope-token.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            }
    }

    private static func launchContext(_ text: Substring) -> Kind? {
        let halves = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let type = halves.first, !type.isEmpty, type.utf8.allSatisfy({ (97...122).contains($0) }) else {
            return nil
        }
        guard halves.count == 2 else { return .launchContext(type: String(type), role: nil) }
        // A launch scope carries at most one role.
        guard let form = try? Form(String(halves[1])), form.pairs.count == 1, let role = form["role"] else {
            return nil
        }
        return .launchContext(type: String(type), role: role)
    }
}
