import HTTP
import JSON

/// Further resources in context (SMART scopes-and-launch-context#fhir-context): objects, never the plain strings that
/// versions before 2.1 had.
package struct FHIRContext: Sendable, Hashable {
    /// Why a `fhirContext` is none, for whoever prepares a launch. It repeats no value: a value may name a patient.
    package struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        package enum Reason: String, Sendable, Equatable {
            case notJSON = "this is not JSON"
            case notAnArray = "this is no array with at least one item"
            case notAnObject = "an item is an object; plain strings are of older versions"
            case refersToNothing = "an item has a reference, a canonical or an identifier"
            case wrongReference = "reference is Type/id, relative to the FHIR base, with a type of FHIR R4"
            case wrongCanonical =
                "canonical is an http or https URL whose path ends in a type of FHIR R4 and an id; a |version may follow"
            case wrongIdentifier = "identifier is an Identifier: an object that is not empty"
            case unknownType = "type is the name of a FHIR R4 resource type"
            case contradictingType = "type is another than the reference or the canonical names"
            case wrongRole = "role is an absolute URI; it is left out, or “launch”, for what the app is launched on"
            case topLevelInLaunchRole =
                "Patient and Encounter stand in patient and encounter, and here only in a role other than launch"
        }

        /// Which item, counted from 0; `nil` for the whole.
        package let index: Int?
        package let reason: Reason

        package init(index: Int?, reason: Reason) {
            self.index = index
            self.reason = reason
        }

        package var description: String {
            "fhirContext\(index.map { "[\($0)]" } ?? ""): \(reason.rawValue)"
        }
    }

    /// The array as JSON.
    package let bytes: [UInt8]

    package init(checking array: JSONValue) throws(Refusal) {
        guard array.kind == .array, array.count > 0 else { throw Refusal(index: nil, reason: .notAnArray) }
        for (index, item) in array.elements.enumerated() {
            if let reason = Self.fault(of: item) { throw Refusal(index: index, reason: reason) }
        }
        bytes = Array(array.bytes)
    }

    package init(checking json: String) throws(Refusal) {
        guard let document = try? JSONDocument(Array(json.utf8)) else { throw Refusal(index: nil, reason: .notJSON) }
        try self.init(checking: document.root)
    }

    package init?(_ array: JSONValue) {
        guard let context = try? FHIRContext(checking: array) else { return nil }
        self = context
    }

    package init?(json: String) {
        guard let context = try? FHIRContext(checking: json) else { return nil }
        self = context
    }
}

extension FHIRContext {
    private static func fault(of item: JSONValue) -> Refusal.Reason? {
        guard item.kind == .object else { return .notAnObject }
        let reference = item["reference"]
        let canonical = item["canonical"]
        let identifier = item["identifier"]
        guard reference != nil || canonical != nil || identifier != nil else { return .refersToNothing }
        let referenced = reference.flatMap { Self.type(ofReference: $0.string) }
        guard reference == nil || referenced != nil else { return .wrongReference }
        let canonicalType = canonical.flatMap { Self.type(ofCanonical: $0.string) }
        guard canonical == nil || canonicalType != nil else { return .wrongCanonical }
        if let identifier, identifier.kind != .object || identifier.count == 0 { return .wrongIdentifier }
        let type = item["type"]
        if let type, !ResourceType.isKnown(type.string ?? "") { return .unknownType }
        let named = [type?.string, referenced, canonicalType].compactMap { $0 }
        guard Set(named).count <= 1 else { return .contradictingType }
        let role = item["role"]
        if let role, !Self.isRole(role.string) { return .wrongRole }
        let isInLaunchRole = role?.equals("launch") ?? true
        let isTopLevel = named.contains { $0 == "Patient" || $0 == "Encounter" }
        return isInLaunchRole && isTopLevel ? .topLevelInLaunchRole : nil
    }

    private static func type(ofReference text: String?) -> String? {
        let parts = (text ?? "").split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return type(parts[0], id: parts[1])
    }

    /// The canonical of a definition, `|version` and a slash before it set aside: test kits look for a type and an id.
    private static func type(ofCanonical text: String?) -> String? {
        let halves = (text ?? "").split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        guard let url = halves.first.flatMap({ AbsoluteURL(String($0)) }),
            url.scheme == "https" || url.scheme == "http",
            url.query == nil, url.fragment == nil, halves.count == 1 || halves.last?.isEmpty == false
        else { return nil }
        let path = url.path.hasSuffix("/") && halves.count == 2 ? url.path.dropLast() : url.path[...]
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3 else { return nil }
        return type(parts[parts.count - 2], id: parts[parts.count - 1])
    }

    private static func type(_ type: Substring, id: Substring) -> String? {
        ResourceType.isKnown(String(type)) && ResourceID.isValid(id) ? String(type) : nil
    }

    /// `launch` is the one role that the guide itself defines; any other is absolute (RFC 3986 §4.3), a URN as well.
    private static func isRole(_ text: String?) -> Bool {
        guard let text, text != "launch" else { return text != nil }
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, let first = halves[0].utf8.first, !halves[1].isEmpty else { return false }
        return isLetter(first)
            && halves[0].utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || "+-.".utf8.contains($0) }
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}".utf8.contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte & 0xDF) }
}
