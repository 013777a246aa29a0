/// The FHIR resource that stands for a person who signs in (SMART scopes-and-launch-context#scopes-for-requesting-identity-data).
package struct FHIRUser: Sendable, Hashable, CustomStringConvertible {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case patient = "Patient"
        case practitioner = "Practitioner"
        case practitionerRole = "PractitionerRole"
        case relatedPerson = "RelatedPerson"
        case person = "Person"
    }

    package let kind: Kind
    package let id: String

    /// Reads `Practitioner/123`.
    package init?(_ reference: String) {
        let parts = reference.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])), ResourceID.isValid(parts[1]) else {
            return nil
        }
        self.kind = kind
        id = String(parts[1])
    }

    /// The reference relative to the FHIR base.
    package var description: String { "\(kind.rawValue)/\(id)" }

    /// The patient that this user is; `nil` for anybody else.
    package var ownPatient: String? { kind == .patient ? id : nil }

    /// Whether the person is here as a patient or in a patient's stead, and not at work.
    package var isPrivate: Bool { kind == .patient || kind == .relatedPerson }
}

/// FHIR R4 datatypes#id: 1 to 64 letters, digits, `-` and `.`.
package enum ResourceID {
    package static func isValid(_ text: some StringProtocol) -> Bool {
        // A dot segment would mean another path to somebody.
        (1...64).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
