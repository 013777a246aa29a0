import HTTP
import Testing

@testable import SMART

@Suite("What a patient can keep from every app")
struct DenialChoicesTests {
    private let choices = DenialChoices()

    private func rules(_ ticked: String...) -> [DenyRule] { choices.rules(ticked: Set(ticked), of: "p1") }

    @Test("a tick is a rule about this patient, and the whole says what stands within it")
    func rules() {
        let laboratory = "Observation?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory"
        #expect(choices.all.contains { $0.id == laboratory })
        #expect(rules() == [])
        #expect(rules("Condition") == [DenyRule(patient: "p1", "Condition")])
        #expect(rules("Condition", "nonsense") == rules("Condition"))
        #expect(rules("Observation", laboratory) == [DenyRule(patient: "p1", "Observation")])
        #expect(rules("everything", "Observation") == [DenyRule(patient: "p1")])
        #expect(rules(laboratory).map(\.scope.spelling) == ["patient/\(laboratory.replacing("?", with: ".cruds?"))"])
    }

    @Test(
        "what was ticked is ticked again, for every tick, and each takes something away", arguments: Language.allCases)
    func again(_ language: Language) {
        let choices = DenialChoices(in: language)
        #expect(Set(choices.all.map(\.id)).count == choices.all.count)
        #expect(choices.all.map(\.id) == self.choices.all.map(\.id))
        for choice in choices.all {
            let rules = choices.rules(ticked: [choice.id], of: "p1")
            #expect(choices.ticked(by: rules) == [choice.id] && choices.unspoken(rules).isEmpty)
            #expect(choices.words(for: rules) == [DenialChoices.sentence(choice.words)])
            // As it comes back from the store.
            #expect(rules.allSatisfy { ClinicalScope($0.scope.spelling) == $0.scope }, "\(choice.id)")
            let everything = ScopeSet("patient/*.cruds")
            #expect(everything.permitted(by: DenyRules(rules), patient: "p1") != everything, "\(choice.id)")
            #expect(everything.permitted(by: DenyRules(rules), patient: "p2") == everything)
        }
    }

    @Test("all kinds and the rest together leave nothing, and what is nobody's is no kind")
    func whole() {
        let rules = choices.rules(ticked: Set(choices.kinds.map(\.id)), of: "p1")
        let left = ScopeSet("patient/*.cruds").permitted(by: DenyRules(rules), patient: "p1")
        #expect(
            left.clinical.allSatisfy { scope in scope.resourceType.flatMap { Compartment.of($0) }?.isImpersonal == true
            })
        #expect(!choices.kinds.contains { ["Practitioner", "Organization", "Medication", "Location"].contains($0.id) })
    }

    @Test("a rule that no tick speaks of is told and kept, and never opened by a form")
    func unspoken() throws {
        let scope = try #require(ClinicalScope("patient/Observation.c?category=imaging"))
        let strange = DenyRule(patient: "p1", denying: scope)
        #expect(choices.ticked(by: [strange]).isEmpty && choices.unspoken([strange]) == [strange])
        #expect(choices.unspoken(rules("Condition") + [strange]) == [strange])
        #expect(choices.words(for: [strange]).count == 1 && choices.words(for: [strange])[0].contains("(add)"))
        #expect(choices.words(for: [DenyRule(patient: "p1"), strange]) == ["Every kind of information, now and later"])
    }

    @Test("what a form sends counts byte for byte")
    func form() {
        let form = Form([("deny", "Condition"), ("deny", "Goal "), ("deny", "PROCEDURE"), ("other", "Coverage")])
        #expect(choices.ticked(in: form) == ["Condition"])
    }
}
