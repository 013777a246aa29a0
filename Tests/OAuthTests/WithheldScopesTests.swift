import OAuth
import SMART
import Testing

@Suite("RFC 6749 §3.3 what an app asked for and cannot have")
struct WithheldScopesTests {
    @Test("each scope stands under its reason once, and what is offered under none")
    func reasons() {
        let withheld = WithheldScopes(
            requested: "openid fhirUser offline_access patient/*.cruds patient/Device.rs system/*.rs patient/x.rs",
            offered: ScopeSet("openid patient/*.rs"), beyondThePerson: ScopeSet("fhirUser"))
        #expect(withheld.notRegistered == ScopeSet("offline_access patient/*.cruds patient/Device.rs"))
        #expect(withheld.forServices == ScopeSet("system/*.rs"))
        #expect(withheld.beyondThePerson == ScopeSet("fhirUser"))
        #expect(withheld.unknown.map(\.spelling) == ["patient/x.rs"])
        let explained = withheld.explanations
        #expect(explained.count == 6 && Set(explained.map(\.scope)).count == 6)
        #expect(explained.first { $0.scope == "patient/*.cruds" }?.why.contains("as patient/*.rs alone") == true)
        #expect(explained.first { $0.scope == "offline_access" }?.why == "not registered for this app")
    }

    @Test("what the patient denies elsewhere is told as what it is, and not as something nobody registered")
    func denied() {
        let rules = DenyRules([DenyRule(patient: "p1", "Observation")])
        let withheld = WithheldScopes(
            requested: "openid patient/*.rs", offered: ScopeSet("openid patient/Patient.rs"),
            denied: .init(from: ScopeSet("patient/*.rs"), by: rules))
        #expect(withheld.denied.parts == ScopeSet("patient/Observation.rs") && withheld.notRegistered.isEmpty)
        #expect(!withheld.isEmpty && withheld.explanations.map(\.scope) == ["patient/*.rs"])
    }

    @Test("who gets all that was asked for misses nothing")
    func nothing() {
        let all = "openid patient/*.rs launch/patient"
        #expect(WithheldScopes(requested: all, offered: ScopeSet(all)).isEmpty)
    }
}
