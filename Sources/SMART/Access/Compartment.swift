import JSON

/// How the resources of one type belong to a patient: what the enforcer knows of the patient compartment.
package struct Compartment: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Patient itself.
        case root
        /// In the compartment of FHIR R4.
        case member
        /// Outside it in R4, but an instance may name its patient.
        case conditional
        /// Organizations, practitioners, medications: what care shares.
        case shared
        /// Definitions and terminology.
        case definitional
        /// Raw content, which only something else can place.
        case binary
        /// Never for anyone who may not see everybody.
        case denied
    }

    /// How many patients one instance may name.
    package enum Naming: Sendable, Equatable {
        /// One; an instance that names another beside ours is about the other.
        case onePatient
        /// An appointment has several participants and is shown whole to each.
        case severalPatients
        /// A list of patients: never shown to one of them.
        case lists
        /// A Provenance is about what its targets are about.
        case targets
    }

    package let kind: Kind
    package let naming: Naming
    /// The search parameter that keeps a search within the compartment.
    package let parameter: String?
    /// Where an instance names its patient; the elements behind `parameter`.
    package let paths: [[String]]
    /// Whether an instance may name several there, so that a search for one finds what is another's as well.
    let repeats: Bool

    init(
        _ kind: Kind, _ naming: Naming = .onePatient, parameter: String? = nil, paths: [String] = [],
        repeats: Bool = false
    ) {
        self.kind = kind
        self.naming = naming
        self.parameter = parameter
        self.repeats = repeats
        self.paths = paths.map { $0.split(separator: ".").map(String.init) }
    }

    /// The row of a type, or `nil` for a name that R4 does not have.
    package static func of(_ type: String) -> Compartment? { table[type] }

    /// Whether a token that sees only some patients has any business with the type.
    package var isClosed: Bool {
        kind == .denied || kind == .binary || naming == .lists
    }

    /// Whether an instance says whose it is, or is a patient itself.
    func namesPatient(_ resource: JSONValue) -> Bool {
        switch kind {
        case .root: true
        case .member, .conditional: paths.contains { !resource.values(at: $0).isEmpty }
        case .shared, .definitional, .binary, .denied: false
        }
    }

    /// Whether instances say nothing about any patient.
    package var isImpersonal: Bool { kind == .shared || kind == .definitional }
}

/// The names of FHIR R4 resource types.
package enum ResourceType {
    package static func isKnown(_ name: String) -> Bool { Compartment.of(name) != nil }
}
