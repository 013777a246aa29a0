/// The resource types that people decide on one by one where an app asks for everything, in the order in which they are told:
/// those of US Core, which 45 CFR 170.315(g)(10) has patients choose among.
enum EverydayTypes {
    static let inOrder = [
        "Patient", "Condition", "AllergyIntolerance", "MedicationRequest", "MedicationDispense", "Immunization",
        "Observation", "DiagnosticReport", "Specimen", "Procedure", "ServiceRequest", "Encounter", "DocumentReference",
        "CarePlan", "CareTeam", "Goal", "QuestionnaireResponse", "Device", "Coverage", "RelatedPerson", "Provenance",
        "Practitioner", "PractitionerRole", "Organization", "Location", "Medication",
    ]

    /// The types in that order, others behind them in their own.
    static func sorted(_ types: [String]) -> [String] {
        inOrder.filter { types.contains($0) } + types.filter { !inOrder.contains($0) }
    }
}
