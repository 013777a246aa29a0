import HTTP
import SMART
import Testing

@Suite("Searches of a token that may not see everything")
struct SearchNarrowingTests {
    private func decision(
        _ target: String, _ scopes: String = "patient/*.rs", patient: String? = Case.own,
        access: UserAccess = .patients([Case.own])
    ) throws -> String {
        try Case.table(scopes, patient: patient, access: access).decision(on: Case.request(.get, target)).summary
    }

    @Test(
        "our own parameter stands beside the client's",
        arguments: [
            ("/Observation", "search Observation?patient=Patient%2Fkermit"),
            ("/Observation?patient=kermit", "search Observation?patient=Patient%2Fkermit"),
            (
                "/Observation?patient=kermit,eboni",
                "search Observation?patient=Patient%2Fkermit"
            ),
            ("/Patient?name=x", "search Patient?name=x&_id=kermit"),
            ("/AdverseEvent", "search AdverseEvent?subject=Patient%2Fkermit"),
            ("/Device", "search Device?patient=Patient%2Fkermit"),
            ("/Practitioner?name=x", "search Practitioner?name=x"),
            ("/ValueSet?url=x", "search ValueSet?url=x"),
            (
                "/Observation?code:not=x&_format=json&_pretty=true&_elements=id",
                "search Observation?code%3Anot=x&patient=Patient%2Fkermit"
            ),
            ("/Observation?_count=5000&_summary=text", "search Observation?_count=200&patient=Patient%2Fkermit"),
            ("/Observation?_summary=count", "search Observation?_summary=count&patient=Patient%2Fkermit"),
            ("/Observation?_sort=-date,_id", "search Observation?_sort=-date%2C_id&patient=Patient%2Fkermit"),
            (
                "/Observation?subject:Patient=kermit",
                "search Observation?subject%3APatient=kermit&patient=Patient%2Fkermit"
            ),
        ])
    func narrowed(_ target: String, _ expected: String) throws {
        #expect(try decision(target) == expected)
    }

    @Test("several patients of a user are one list, of which the client may name some")
    func several() throws {
        let some = "/Observation?patient=Patient/a,c&patient:Patient=a"
        #expect(
            try decision(some, "user/*.rs", access: .patients(["b", "a"])) == "search Observation?patient=Patient%2Fa")
        let none = "/Observation?patient=a&patient=b"
        #expect(try decision(none, "user/*.rs", access: .patients(["b", "a"])) == "403")
        #expect(
            try decision("/Observation", "user/*.rs", access: .patients(["b", "a"]))
                == "search Observation?patient=Patient%2Fa%2CPatient%2Fb")
    }

    // FHIR R4 search#modifiers
    @Test(
        "a parameter we cannot answer for is refused",
        arguments: [
            "code:in=Group/x", "subject:in=List/y", "_filter=x", "_query=x", "_list=x", "_contained=true",
            "_contained=both", "_graph=x", "_type=Patient",
            "_getpages=x", "_offset=1", "_INCLUDE=x", "_include=x", "_include:recurse=Observation:subject",
            "_include=Nonsense:subject", "_include=Observation:subject:Nonsense",
            "_include=Observation:subject:Patient:x",
            "_include=Observation:sub.ject", "_sort=subject.name", "_sort:desc=x", "__x=1", "=x", "code:unheard=x",
            "code:in:not=x", "a%20b=1", "%C3%A9=1", "subject:Nonsense=x", "encounter.status=x",
            "encounter:Encounter.status=x", "performer.name=x", "focus:Patient.name=x", "subject.organization.name=x",
            "subject:Nonsense.name=x", "subject.=x", ".name=x", "subject._has:Observation:patient:code=x",
            "_has:Observation:has-member:code=x", "_has:Provenance:target:agent=x", "_has:Group:member:code=x",
            "_has:Observation:patient:_has:Encounter:patient:status=x", "_has:Observation:patient:encounter.status=x",
            "_has:Observation:patient=x", "_has=x", "_HAS:Observation:patient:code=x",
        ])
    func refused(_ query: String) throws {
        #expect(try decision("/Observation?\(query)") == "403")
        #expect(try decision("/Patient?\(query)") == "403")
    }

    // FHIR R4 search#revinclude
    @Test(
        "what could be shown is included, what could not is left out",
        arguments: [
            ("_include=Observation:subject", "patient/*.rs", true),
            ("_include:iterate=Observation:subject", "patient/*.rs", true),
            ("%5Finclude=Observation%3Asubject", "patient/*.rs", true),
            ("_include=Observation:subject:Patient", "patient/*.rs", true),
            ("_include=Observation:subject:Patient", "patient/Observation.rs patient/Patient.r", true),
            ("_include=Observation:subject:Patient", "patient/Observation.rs", false),
            ("_include=Observation:subject", "patient/Observation.rs", true),
            ("_include=*", "patient/*.rs", false), ("_include=Observation:*", "patient/*.rs", false),
            ("_revinclude=Provenance:target", "patient/*.rs", true),
            ("_revinclude:iterate=Provenance:target", "patient/Observation.rs patient/Provenance.s", true),
            ("_revinclude=Provenance:target", "patient/Observation.rs patient/Provenance.r", false),
            ("_revinclude=*", "patient/*.rs", false),
        ])
    func inclusion(_ query: String, _ scopes: String, _ goesAlong: Bool) throws {
        let decided = try decision("/Observation?\(query)", scopes)
        #expect(decided.hasPrefix("search Observation?"))
        #expect(decided.contains("include") == goesAlong)
    }

    // FHIR R4 search#chaining, search#has
    @Test(
        "a condition on something else is let through where the token sees all of that",
        arguments: [
            ("/Observation?subject.name=x", "patient/*.rs", true),
            ("/Observation?subject:Patient.name:exact=x", "patient/*.rs", true),
            ("/Observation?patient.birthdate=x", "patient/Observation.s patient/Patient.s", true),
            ("/Observation?patient.birthdate=x", "patient/Observation.s patient/Patient.r", false),
            ("/Observation?patient.name=x", "patient/Observation.s patient/Patient.s?_tag=a", false),
            ("/Observation?performer:Practitioner.name=x", "patient/*.rs", true),
            ("/Observation?performer:Practitioner.name=x", "patient/Observation.rs", false),
            ("/Observation?performer:Patient.name=x", "patient/*.rs", false),
            ("/Appointment?patient.name=x", "patient/*.rs", false),
            ("/AllergyIntolerance?subject.name=x", "patient/*.rs", false),
            ("/Patient?_has:Observation:patient:code=x", "patient/*.rs", true),
            ("/Patient?_has:Observation:subject:code:in=x", "patient/*.rs", true),
            ("/Patient?_has:Appointment:patient:status=x", "patient/*.rs", true),
            ("/Patient?_has:Observation:patient:code=x", "patient/Patient.s patient/Observation.r", false),
            ("/Patient?_has:Observation:patient:code=x", "patient/Patient.s patient/Observation.s?category=a", false),
            ("/Patient?_has:Observation:performer:code=x", "patient/*.rs", false),
            ("/Practitioner?_has:Observation:performer:code=x", "patient/*.rs", false),
            ("/Encounter?_has:Observation:encounter:code=x", "patient/*.rs", false),
        ])
    func chains(_ target: String, _ scopes: String, _ passes: Bool) throws {
        #expect(try decision(target, scopes).hasPrefix("search") == passes)
        #expect(try passes || decision(target, scopes) == "403")
    }

    @Test("a token for a whole type is checked where its search draws in another one")
    func wholeType() throws {
        let observations = "system/Observation.rs"
        #expect(
            try decision("/Observation?_include=Observation:subject", observations)
                == "search Observation?_include=Observation%3Asubject")
        #expect(
            try decision("/Observation?_include=Observation:subject:Patient", observations) == "search Observation?")
        #expect(try decision("/Observation?patient.name=x", observations) == "403")
        #expect(
            try decision("/Observation?patient:Patient.name=x", "\(observations) system/Patient.s").hasPrefix("search"))
        #expect(
            try decision("/Patient?_has:Observation:performer:code=x", "\(observations) system/Patient.s").hasPrefix(
                "search"))
    }

    // FHIR R4 search#escaping
    @Test(
        "a search for another patient alone is refused before anything is asked",
        arguments: [
            "/Observation?patient=eboni", "/Observation?patient=Patient/eboni", "/Observation?patient=eboni,louis",
            "/Observation?patient:Patient=eboni", "/Patient?_id=eboni", "/Observation?patient=kermit&patient=eboni",
            "/Observation?patient=https://ehr.example.org/fhir/Patient/eboni",
            "/Observation?patient=https://evil.example/fhir/Patient/kermit", "/Observation?patient=Kermit",
            #"/Observation?patient=eboni\,kermit"#,
        ])
    func otherPatient(_ target: String) throws {
        #expect(try decision(target) == "403")
    }

    @Test("_count is one number")
    func count() throws {
        for query in ["_count=x", "_count=-1", "_count=1&_count=2", "_count=", "_count=99999999999999999999"] {
            #expect(try decision("/Observation?\(query)") == "400")
        }
    }

    @Test("one shared constraint goes along, several only filter")
    func constraints() throws {
        let lab = "patient/Observation.rs?category=laboratory"
        let vital = "patient/Observation.rs?category=vital-signs"
        let own = "search Observation?patient=Patient%2Fkermit"
        #expect(try decision("/Observation", lab) == "\(own)&category=laboratory")
        #expect(try decision("/Observation", "\(lab) \(vital)") == "\(own)&category=laboratory%2Cvital-signs")
        #expect(try decision("/Observation", "\(lab) patient/Observation.rs?code=x") == own)
        #expect(try decision("/Observation", "\(lab)&status=final") == own)
        #expect(try decision("/Observation", "\(lab) patient/Observation.rs") == own)
        #expect(
            try decision("/Observation", "user/Observation.rs?category=laboratory", access: .all)
                == "search Observation?category=laboratory")
    }

    @Test("a count is given where what was asked of the server is all the token may see")
    func counts() throws {
        let lab = "patient/Observation.rs?category=laboratory"
        for query in ["_summary=count", "_count=0"] {
            #expect(try decision("/Observation?\(query)", lab).hasPrefix("search"))
            #expect(try decision("/Observation?\(query)", "\(lab)&status=final") == "403")
            #expect(try decision("/Observation?\(query)", "\(lab) patient/Observation.rs?code=x") == "403")
            #expect(try decision("/Provenance?\(query)") == "403")
            // An account may be several people's, and is then nobody's to see.
            #expect(try decision("/Account?\(query)") == "403")
            #expect(try decision("/Provenance?\(query)", "system/Provenance.s").hasPrefix("search"))
        }
    }

    @Test("where some of a page may be cut out, how long it is is not for the client to say")
    func pages() throws {
        let scopes = "patient/Observation.rs?category=a patient/Observation.rs?code=b"
        #expect(try decision("/Observation?_count=1", scopes).contains("_count=200"))
        #expect(try decision("/Observation?_count=1").contains("_count=1&"))
    }

    // FHIR R4 search#conformance
    @Test("the server's own account of the search shows whether our parameters were held")
    func held() throws {
        let narrowing = try narrowing(
            "/Observation", "patient/Observation.rs?category=a patient/Observation.rs?category=b")
        #expect(narrowing.isHeld(in: try Form("patient=Patient/kermit&category=b,a")))
        #expect(narrowing.isHeld(in: try Form("x=1&category=a,b&patient=Patient%2Fkermit")))
        #expect(!narrowing.isHeld(in: try Form("patient=Patient/kermit")))
        #expect(!narrowing.isHeld(in: try Form("category=a,b")))
        #expect(!narrowing.isHeld(in: try Form("patient=Patient/kermit,Patient/eboni&category=a,b")))
        #expect(!narrowing.isHeld(in: try Form("patient=Patient/eboni&category=a,b")))
        #expect(!narrowing.isHeld(in: try Form("patient:not=Patient/kermit&category=a,b")))
    }

    private func narrowing(_ target: String, _ scopes: String) throws -> SearchNarrowing {
        guard case .relay(.search(let narrowing, _)) = try Case.table(scopes).decision(on: Case.request(.get, target))
        else { throw Case.Missing() }
        return narrowing
    }
}
