import SMART
import Testing

@Suite("What deny rules leave of scopes")
struct DenyRuleScopeTests {
    static func rules(_ denied: String, of patient: String = "kermit") -> DenyRules {
        DenyRules(ScopeSet(denied).clinical.map { DenyRule(patient: patient, denying: $0) })
    }

    private func left(_ scopes: String, _ denied: String, patient: String? = "kermit") -> String {
        ScopeSet(scopes).permitted(by: Self.rules(denied), patient: patient).description
    }

    @Test(
        "denied types and letters go, what else there is stays as it was written",
        arguments: [
            ("openid patient/Observation.rs patient/Patient.r", "patient/*.cruds", ""),
            ("openid patient/Observation.rs patient/Patient.r", "patient/*.r", ""),
            (
                "openid patient/Observation.read patient/Patient.r", "patient/Observation.cruds",
                "openid patient/Patient.r"
            ),
            ("openid patient/Observation.rs", "patient/Observation.s", ""),
            (
                "launch/patient patient/Observation.cruds", "patient/Observation.cud",
                "launch/patient patient/Observation.rs"
            ),
            ("patient/Observation.rs", "patient/Condition.rs", "patient/Observation.rs"),
            ("openid fhirUser", "patient/Condition.rs", "openid fhirUser"),
            ("user/Observation.rs patient/Observation.rs", "patient/Observation.rs", "user/Observation.rs"),
            ("patient/Organization.rs patient/Patient.rs", "patient/Patient.rs", "patient/Organization.rs"),
        ])
    func types(_ scopes: String, _ denied: String, _ expected: String) {
        #expect(left(scopes, denied) == expected)
    }

    @Test("of nobody else, and without a patient in context, nothing goes")
    func others() {
        #expect(left("patient/*.rs", "patient/*.cruds", patient: "eboni") == "patient/*.rs")
        #expect(left("user/*.rs", "patient/*.cruds", patient: nil) == "user/*.rs")
        #expect(ScopeSet("patient/*.rs").permitted(by: .none, patient: "kermit").description == "patient/*.rs")
    }

    @Test("a wildcard becomes the types that are left: who knows the scopes alone gives out no more")
    func wildcard() {
        let words = Set(left("patient/*.read", "patient/Observation.cruds").split(separator: " ").map(String.init))
        #expect(words.contains("patient/Condition.read") && words.contains("patient/Organization.read"))
        #expect(!words.contains("patient/Observation.read") && !words.contains("patient/*.read"))
    }

    @Test("a denied category leaves the other categories that are known, and of those asked for the others")
    func categories() {
        let laboratory =
            "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory"
        let all = left("patient/Observation.read", laboratory)
        #expect(all.contains("|vital-signs") && !all.contains("|laboratory") && !all.contains(".read"))
        #expect(left(laboratory, laboratory) == "")
        #expect(
            left("patient/Observation.rs?category=laboratory,survey", laboratory)
                == "patient/Observation.rs?category=survey")
        // Of other codes no scope says "all but these".
        #expect(
            left("patient/Observation.rs patient/Patient.r", "patient/Observation.rs?code=1-8") == "patient/Patient.r")
    }
}
