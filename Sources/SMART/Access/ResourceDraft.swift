import JSON

/// A resource as a client wants it to be, read strictly and not yet allowed.
package struct ResourceDraft: Sendable {
    package let type: String
    package let resource: JSONValue
    let written: WrittenReferences

    /// FHIR R4 http#create, http#update: the body is a resource of the type, and of the id, that the address names.
    init(_ resource: JSONValue, of type: String, id: String? = nil) throws(FHIRRefusal) {
        guard resource["resourceType"]?.equals(type) == true else {
            throw .malformed("The body is no resource of the type that the address names.")
        }
        if let id {
            guard resource["id"]?.equals(id) == true else {
                throw .malformed("The id in the body is not the id in the address.")
            }
        }
        self.type = type
        self.resource = resource
        // Who else a patient is, is held against what is there now.
        written = WrittenReferences(in: resource, skipping: type == "Patient" ? ["link"] : [])
    }

    /// Labels decide about access, so only those who set policy set them (FHIR R4 security-labels).
    private static let labels = ["security", "tag"]

    var hasLabels: Bool {
        Self.labels.contains { resource["meta"]?[$0] != nil }
    }

    /// What a change may not touch: labels, who else a patient is, and which raw content is a document's.
    package func keepsProtected(of current: JSONValue, addsBinaries: Bool) -> Bool {
        let isKept = Self.labels.allSatisfy { label in
            Self.areSame(resource["meta"]?[label], current["meta"]?[label])
        }
        let isOwn = addsBinaries || written.binaries.isSubset(of: WrittenReferences(in: current).binaries)
        return isKept && isOwn && (type != "Patient" || Self.areSame(resource["link"], current["link"]))
    }

    private static func areSame(_ one: JSONValue?, _ other: JSONValue?) -> Bool {
        switch (one, other) {
        case (nil, nil): true
        case (let one?, let other?): one.isSame(as: other)
        default: false
        }
    }
}

extension JSONValue {
    /// Whether both say the same: members in any order, numbers digit for digit.
    func isSame(as other: JSONValue) -> Bool {
        guard kind == other.kind, count == other.count else { return false }
        switch kind {
        case .object:
            return members.allSatisfy { member in other[member.name].map { member.value.isSame(as: $0) } == true }
        case .array: return zip(elements, other.elements).allSatisfy { $0.isSame(as: $1) }
        case .string: return other.string.map { equals($0) } == true
        case .number, .boolean, .null: return bytes == other.bytes
        }
    }
}
