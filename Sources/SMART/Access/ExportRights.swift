/// What a token may export in bulk: whole types, and only by scopes of the client itself (HL7 Bulk Data Access).
struct ExportRights {
    /// `nil` for every type.
    private let types: Set<String>?
    /// What patients do not let the client have. An export cannot leave them out, so it has no type that they speak of.
    private let denied: DenyRules

    /// - Parameter grants: those of `system/` scopes alone.
    init(_ grants: [AccessGrant], denied: DenyRules = .none) {
        self.denied = denied
        let whole = grants.filter { $0.reach == .everyone && $0.constraints.isEmpty }
        func permissions(_ type: String?) -> Permissions {
            whole.filter { $0.type == nil || $0.type == type }.reduce(into: []) { $0.formUnion($1.permissions) }
        }
        let needed: Permissions = [.read, .search]
        types =
            permissions(nil).isSuperset(of: needed)
            ? nil : Set(whole.compactMap(\.type).filter { permissions($0).isSuperset(of: needed) })
    }

    var isEmpty: Bool { types?.isEmpty == true }
    var isUnlimited: Bool { types == nil && denied.isEmpty }

    /// The types to ask for where the request names none; `nil` for all.
    var asked: [String]? { types?.sorted() }

    func covers(_ type: String) -> Bool { types?.contains(type) ?? true && !denied.touch(type: type) }

    func covers(_ wanted: Set<String>?) -> Bool {
        guard let wanted else { return isUnlimited }
        return wanted.allSatisfy { covers($0) }
    }

    /// Whether these, or all where none are named, would be covered if no patient had denied anything.
    func isDenied(_ wanted: Set<String>?) -> Bool {
        guard let wanted = wanted ?? types else { return !denied.isEmpty }
        return wanted.contains { denied.touch(type: $0) }
    }
}

/// Where an export goes on: its status, or one of its files. A link to it is good for the client that began it.
package struct ExportLink: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case status
        case file
    }

    package let kind: Kind
    /// What the export is of; `nil` for every type.
    package let types: Set<String>?
    /// Relative to the FHIR base.
    package let target: FHIRTarget
    /// In seconds since 1970.
    package let expiry: Int

    package init(_ kind: Kind, of types: Set<String>?, at target: FHIRTarget, expiry: Int) {
        self.kind = kind
        self.types = types
        self.target = target
        self.expiry = expiry
    }

    /// The text that is signed and carried.
    package var text: String {
        "\(expiry)|\(kind.rawValue)|\(types.map { $0.sorted().joined(separator: ",") } ?? "*")|\(target.text)"
    }

    package init?(text: String) {
        let parts = text.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, let expiry = Int(parts[0]), let kind = Kind(rawValue: parts[1]),
            parts[3].hasPrefix("/"), let target = try? FHIRTarget(relative: String(parts[3].dropFirst()))
        else { return nil }
        let types = parts[2].split(separator: ",").map(String.init)
        guard parts[2] == "*" || types.allSatisfy({ ResourceType.isKnown($0) }) else { return nil }
        self.init(kind, of: parts[2] == "*" ? nil : Set(types), at: target, expiry: expiry)
    }

    package static func == (one: ExportLink, other: ExportLink) -> Bool { one.text == other.text }
}
