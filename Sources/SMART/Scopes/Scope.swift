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

    /// SMART scopes-and-launch-context; what the grammar does not know is refused with its reason.
    package init(reading spelling: String) throws(ScopeRefusal) {
        guard Self.isToken(spelling) else { throw .notAToken }
        self.spelling = spelling
        switch spelling {
        case "launch": kind = .launch
        case "openid": kind = .openID
        case "fhirUser": kind = .fhirUser
        case "profile": kind = .profile
        case "offline_access": kind = .offlineAccess
        case "online_access": kind = .onlineAccess
        case _ where spelling.hasPrefix("launch/"):
            kind = try Self.launchContext(spelling.dropFirst("launch/".count))
        case _ where ExtensionName.isValid(spelling):
            if let named = Self.name(inURI: spelling) { throw .isURI(of: named) }
            kind = .other
        default:
            kind = .clinical(try ClinicalScope(reading: spelling))
        }
    }

    package init?(_ spelling: String) {
        guard let scope = try? Scope(reading: spelling) else { return nil }
        self = scope
    }

    package init(_ clinical: ClinicalScope) {
        kind = .clinical(clinical)
        spelling = clinical.spelling
    }

    package var clinical: ClinicalScope? {
        if case .clinical(let scope) = kind { scope } else { nil }
    }
}

extension Scope {
    /// Whether a client wrote it in the words of version 1.
    package var isVersion1: Bool {
        clinical != nil && !spelling.contains("?")
            && [".read", ".write", ".*"].contains { spelling.hasSuffix($0) }
    }

    /// What is left of this scope: in the client's version of the grammar, where that can say it
    /// (SMART scopes-and-launch-context#scopes-for-requesting-fhir-resources).
    package func narrowed(to part: ClinicalScope) -> Scope {
        guard part != clinical else { return self }
        guard isVersion1, part.constraints.isEmpty, let word = part.permissions.version1Word else { return Scope(part) }
        return Scope(part, spelling: "\(part.context.rawValue)/\(part.resourceType ?? "*").\(word)")
    }

    package var inVersion2: Scope { isVersion1 ? clinical.map { Scope($0) } ?? self : self }

    private init(_ clinical: ClinicalScope, spelling: String) {
        kind = .clinical(clinical)
        self.spelling = spelling
    }
}

extension Scope {
    /// RFC 6749 §3.3: scope-token.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            }
    }

    private static func launchContext(_ text: Substring) throws(ScopeRefusal) -> Kind {
        let halves = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let type = halves.first.map { String($0) } ?? ""
        guard ResourceType.isKnown(inLowerCase: type) else { throw .unknownLaunchType(type) }
        guard halves.count == 2 else { return .launchContext(type: type, role: nil) }
        // SMART scopes-and-launch-context#scopes-for-requesting-context-data: at most one role.
        guard let form = try? Form(String(halves[1])), form.pairs.count == 1, let role = form["role"] else {
            throw .wrongLaunchParameter
        }
        return .launchContext(type: type, role: role)
    }
}

extension ResourceType {
    /// Launch scopes write the names of types in lower case.
    fileprivate static func isKnown(inLowerCase name: String) -> Bool { lowercased.contains(name) }

    private static let lowercased = Set(Compartment.table.keys.map { $0.lowercased() })
}
