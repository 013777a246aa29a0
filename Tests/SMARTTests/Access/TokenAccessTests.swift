import SMART
import Testing

@Suite("Scopes joined with patient, user and rights")
struct TokenAccessTests {
    @Test(
        "the union of what each scope reaches",
        arguments: [
            ("patient/Observation.rs", nil, nil, UserAccess.all, "none"),
            ("patient/Observation.rs", "kermit", nil, .all, "restricted"),
            ("patient/Observation.rs", "kermit", nil, .patients(["kermit"]), "restricted"),
            ("patient/Observation.rs", "kermit", nil, .none, "none"),
            ("patient/Observation.rs", "kermit", nil, .patients(["louis"]), "none"),
            ("patient/Observation.rs", "kermit", "Patient/kermit", .none, "restricted"),
            ("user/Observation.rs", nil, nil, .none, "none"),
            ("user/Observation.rs", nil, nil, .all, "unrestricted"),
            ("user/Observation.rs", nil, nil, .patients(["kermit"]), "restricted"),
            ("user/Observation.rs", nil, "Patient/kermit", .all, "restricted"),
            ("user/Observation.rs", nil, "Patient/kermit", .none, "restricted"),
            ("user/Observation.rs", nil, "Practitioner/1", .all, "unrestricted"),
            ("user/Observation.rs?status=final", nil, nil, .all, "restricted"),
            ("system/Observation.rs", nil, nil, .none, "unrestricted"),
            ("system/*.rs", nil, nil, .none, "unrestricted"),
            ("system/Observation.cud", nil, nil, .none, "none"),
            ("patient/Observation.rs system/Observation.rs", "kermit", nil, .none, "unrestricted"),
            ("patient/Observation.rs?nonsense=1", "kermit", nil, .none, "none"),
            ("patient/Observation.rs?category:not=x", "kermit", nil, .none, "none"),
            ("patient/Observation.rs", "..%2f", nil, .none, "none"),
            ("openid fhirUser launch", "kermit", "Practitioner/1", .all, "none"),
        ] as [(String, String?, String?, UserAccess, String)])
    func rule(_ scopes: String, _ patient: String?, _ user: String?, _ rights: UserAccess, _ expected: String) {
        let access = Case.access(scopes, patient: patient, user: user, access: rights)
        let word =
            switch access.rule(.read, on: "Observation") {
            case .none: "none"
            case .unrestricted: "unrestricted"
            case .restricted: "restricted"
            }
        #expect(word == expected)
    }

    @Test(
        "a service reaches the patients that were given to it, whatever its scopes say",
        arguments: [
            (UserAccess.all, "unrestricted"), (.patients(["kermit"]), "restricted"), (.none, "none"),
        ])
    func service(_ clientAccess: UserAccess, _ expected: String) {
        let access = TokenAccess(
            ScopeSet("system/*.rs"), patient: nil, user: nil, access: .none, clientAccess: clientAccess)
        let word =
            switch access.rule(.search, on: "Observation") {
            case .none: "none"
            case .unrestricted: "unrestricted"
            case .restricted: "restricted"
            }
        #expect(word == expected)
        #expect(access.isUnlimited([.read, .search]) == (clientAccess == .all))
    }

    @Test("fhirUser gives the reading of the user's own resource and of no other")
    func fhirUser() throws {
        let access = Case.access("openid fhirUser", patient: nil, user: "Practitioner/1")
        let visibility = Visibility(access, references: try Case.references())
        #expect(try visibility.shows(Case.resource(#"{"resourceType":"Practitioner","id":"1"}"#), by: .read))
        #expect(try !visibility.shows(Case.resource(#"{"resourceType":"Practitioner","id":"2"}"#), by: .read))
        #expect(try !visibility.shows(Case.resource(#"{"resourceType":"Patient","id":"1"}"#), by: .read))
        #expect(try !visibility.shows(Case.resource(#"{"resourceType":"Practitioner","id":"1"}"#), by: .search))
        #expect(access.rule(.update, on: "Practitioner") == .none)
    }

    @Test("only all types, all letters and everybody is unlimited")
    func unlimited() {
        #expect(Case.access("system/*.rs").isUnlimited([.read, .search]))
        #expect(Case.access("system/*.r system/*.s").isUnlimited([.read, .search]))
        #expect(Case.access("user/*.cruds", access: .all).isUnlimited([.read, .search]))
        #expect(!Case.access("system/*.r").isUnlimited([.read, .search]))
        #expect(!Case.access("system/Observation.rs").isUnlimited([.read, .search]))
        #expect(!Case.access("user/*.rs", access: .patients(["a"])).isUnlimited([.read, .search]))
        #expect(!Case.access("patient/*.rs").isUnlimited([.read, .search]))
    }
}
