/// The categories that people may choose among where an app asks for all of a type
/// (45 CFR 170.315(g)(10); US Core 7.0.0 scopes).
enum ConsentCategories {
    typealias Token = ScopeConstraint.Token

    static let parameter = "category"

    /// In the order in which they are told; empty for a type that is not divided.
    static func of(_ type: String) -> [Token] { named[type] ?? [] }

    /// The other categories of the type that are known here. What has none of them, no scope but that of the whole type can
    /// name.
    static func others(of type: String) -> [Token] {
        let known = (ResourceWords.kinds[type] ?? []).map { Token(system: $0.system, code: $0.code) }
        return known.filter { !of(type).contains($0) }.sorted { $0.spelling < $1.spelling }
    }

    private static let observation = "http://terminology.hl7.org/CodeSystem/observation-category"
    private static let condition = "http://terminology.hl7.org/CodeSystem/condition-category"
    private static let usCore = "http://hl7.org/fhir/us/core/CodeSystem/us-core-category"
    private static let usCoreCondition = "http://hl7.org/fhir/us/core/CodeSystem/condition-category"

    private static let named: [String: [Token]] = [
        "Condition": [
            Token(system: condition, code: "problem-list-item"), Token(system: condition, code: "encounter-diagnosis"),
            Token(system: usCoreCondition, code: "health-concern"),
        ],
        "Observation": [
            Token(system: observation, code: "laboratory"), Token(system: observation, code: "vital-signs"),
            Token(system: observation, code: "procedure"), Token(system: observation, code: "social-history"),
            Token(system: usCore, code: "sdoh"), Token(system: observation, code: "survey"),
        ],
    ]
}
