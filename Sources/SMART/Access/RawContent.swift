/// Through what raw content (Binary) is reached, which says nothing of itself (FHIR R4 binary#security).
package enum RawContent: Sendable {
    /// By a scope for Binary: content that names the patient, or that a visible document points to.
    case binary
    /// By a scope for DocumentReference, where the site wants that: content that a readable document points to.
    case document

    /// The type of the scopes that open it.
    var grantedType: String {
        switch self {
        case .binary: "Binary"
        case .document: "DocumentReference"
        }
    }
}
