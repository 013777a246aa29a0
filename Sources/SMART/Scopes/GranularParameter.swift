/// The search parameters that a granular scope may name: those whose elements the enforcer can read in a resource.
package enum GranularParameter {
    /// The element path behind a parameter of a type (R4 SearchParameter expressions), or `nil` where it is not grantable.
    package static func path(_ parameter: String, of type: String) -> [String]? {
        switch parameter {
        case "_tag": ["meta", "tag"]
        case "_security": ["meta", "security"]
        default: paths[type]?[parameter]
        }
    }

    package static func isGrantable(_ parameter: String, of type: String) -> Bool {
        path(parameter, of: type) != nil
    }

    /// Every grantable parameter of a type, for whoever asked for another.
    package static func names(of type: String) -> [String] {
        (paths[type].map { $0.keys.sorted() } ?? []) + ["_tag", "_security"]
    }

    private static let paths: [String: [String: [String]]] = [
        "AllergyIntolerance": [
            "category": ["category"], "clinical-status": ["clinicalStatus"], "type": ["type"],
        ],
        "CarePlan": ["category": ["category"], "status": ["status"], "intent": ["intent"]],
        "CareTeam": ["category": ["category"], "status": ["status"]],
        "Condition": ["category": ["category"], "code": ["code"], "clinical-status": ["clinicalStatus"]],
        "DiagnosticReport": ["category": ["category"], "code": ["code"], "status": ["status"]],
        "DocumentReference": ["category": ["category"], "type": ["type"], "status": ["status"]],
        "Encounter": ["class": ["class"], "type": ["type"], "status": ["status"]],
        "Goal": ["category": ["category"]],
        "Immunization": ["status": ["status"]],
        "MedicationRequest": ["category": ["category"], "intent": ["intent"], "status": ["status"]],
        "Observation": ["category": ["category"], "code": ["code"], "status": ["status"]],
        "Procedure": ["category": ["category"], "code": ["code"], "status": ["status"]],
        "ServiceRequest": [
            "category": ["category"], "code": ["code"], "intent": ["intent"], "status": ["status"],
        ],
    ]
}
