import JSON
import SMART

/// Why it cannot be told what a Consent denies.
struct UnclearProvision: Error {
    let reason: String
}

/// The provisions of a Consent, read as rules that deny (FHIR R4 consent#provision).
struct ConsentProvisions {
    enum Policy {
        case permits
        case denies
    }

    let patient: String
    let isClient: (String) -> Bool

    /// Provisions lie in one another; deeper than anybody writes them, nobody reads them.
    private static let deepest = 8

    func rules(_ root: JSONValue?, policy: Policy?) throws(UnclearProvision) -> [ConsentRule] {
        guard let root else {
            guard let policy else { throw UnclearProvision(reason: "it has neither a policy nor a provision") }
            return policy == .denies ? [everything(Frame())] : []
        }
        let frame = try frame(of: root, within: Frame())
        switch (policy, root["type"]?.string) {
        // An exception to a denial is a permission, and those do not count; a denial within it neither adds to it.
        case (_, "deny"): return denied(by: root, frame)
        case (.denies, "permit"): throw UnclearProvision(reason: "it permits something of what its policy denies")
        case (.denies, nil) where Self.isNarrow(root):
            throw UnclearProvision(reason: "its provision does not say whether it permits or denies")
        case (.denies, nil): return [everything(frame)]
        case (.permits?, "permit"), (nil, "permit"): return try nested(in: root, frame, depth: 0)
        // An exception to a permission is a denial.
        case (.permits, nil) where Self.isNarrow(root): return denied(by: root, frame)
        case (.permits, nil): return try nested(in: root, frame, depth: 0)
        default: throw UnclearProvision(reason: "its provision neither permits nor denies")
        }
    }

    /// What lies within a permission. What does not say that it permits denies.
    private func nested(
        in provision: JSONValue, _ frame: Frame, depth: Int
    ) throws(UnclearProvision) -> [ConsentRule] {
        guard depth < Self.deepest else { throw UnclearProvision(reason: "its provisions lie too deep in one another") }
        var rules: [ConsentRule] = []
        for inner in provision["provision"].map({ Array($0.elements) }) ?? [] {
            let own = try self.frame(of: inner, within: frame)
            rules +=
                inner["type"]?.equals("permit") == true
                ? try nested(in: inner, own, depth: depth + 1) : denied(by: inner, own)
        }
        return rules
    }
}

extension ConsentProvisions {
    /// To whom and for how long: what the provisions around one say holds for it too.
    private struct Frame {
        /// `nil` in it for every app.
        var clients: [String?] = [nil]
        var from: Instant?
        var until: Instant?
    }

    private func frame(of provision: JSONValue, within outer: Frame) throws(UnclearProvision) -> Frame {
        guard provision["modifierExtension"] == nil else {
            throw UnclearProvision(reason: "a provision has a modifier that is unknown here")
        }
        var frame = outer
        if let period = provision["period"] {
            // A moment that cannot be read bounds nothing.
            frame.from = period["start"]?.string.flatMap { FHIRMoment($0)?.first }
            frame.until = period["end"]?.string.flatMap { FHIRMoment($0)?.end }
        }
        if let actors = provision["actor"]?.elements {
            // Who is no app of ours, a person or an organization, could use any.
            let clients = actors.map { client($0) }
            if clients.contains(nil) { return frame }
            if !clients.isEmpty { frame.clients = clients }
        }
        return frame
    }

    private func client(_ actor: JSONValue) -> String? {
        actor["reference"]?["identifier"]?["value"]?.string.flatMap { isClient($0) ? $0 : nil }
    }

    private static func isNarrow(_ provision: JSONValue) -> Bool {
        ["actor", "action", "securityLabel", "purpose", "class", "code", "dataPeriod", "data"].contains {
            provision[$0] != nil
        }
    }

    private func everything(_ frame: Frame) -> ConsentRule {
        ConsentRule(
            clientID: frame.clients.first ?? nil, denied: DenyRule(patient: patient), from: frame.from,
            until: frame.until)
    }

    /// All of its conditions must hold, so each that is left out makes it deny more.
    private func denied(by provision: JSONValue, _ frame: Frame) -> [ConsentRule] {
        let denied = types(of: provision) ?? scopes(of: provision) ?? [DenyRule(patient: patient)]
        return frame.clients.flatMap { client in
            denied.map { ConsentRule(clientID: client, denied: $0, from: frame.from, until: frame.until) }
        }
    }

    /// FHIR R4 valueset-consent-content-class: `nil` unless all are types that say whose they are.
    private func types(of provision: JSONValue) -> [DenyRule]? {
        guard let classes = provision["class"]?.elements.map({ $0 }), !classes.isEmpty else { return nil }
        var rules: [DenyRule] = []
        for coding in classes {
            guard coding["system"]?.equals("http://hl7.org/fhir/resource-types") == true,
                let type = coding["code"]?.string, let compartment = Compartment.of(type), !compartment.isImpersonal
            else { return nil }
            rules.append(DenyRule(patient: patient, type))
        }
        return rules
    }

    /// SMART scopes-and-launch-context#appendix-uri-representation-of-scopes: `nil` unless all are scopes about resources.
    private func scopes(of provision: JSONValue) -> [DenyRule]? {
        guard let actions = provision["action"]?.elements.map({ $0 }), !actions.isEmpty else { return nil }
        var rules: [DenyRule] = []
        for action in actions {
            let codes = action["coding"]?.elements.compactMap { $0["code"]?.string } ?? []
            guard codes.count == 1, let code = codes.first, let scope = Scope(uri: code)?.clinical,
                scope.resourceType.flatMap({ Compartment.of($0) })?.isImpersonal != true
            else { return nil }
            rules.append(DenyRule(patient: patient, denying: scope))
        }
        return rules
    }
}
