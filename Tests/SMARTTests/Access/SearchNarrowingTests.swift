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
            ("/Observation?patient=kermit", "search Observation?patient=kermit&patient=Patient%2Fkermit"),
            (
                "/Observation?patient=kermit,eboni",
                "search Observation?patient=kermit%2Ceboni&patient=Patient%2Fkermit"
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

    @Test("several patients of a user are one list")
    func several() throws {
        #expect(
            try decision("/Observation", "user/*.rs", access: .patients(["b", "a"]))
                == "search Observation?patient=Patient%2Fa%2CPatient%2Fb")
    }

    // FHIR R4 search#modifiers
    @Test(
        "a parameter we cannot answer for is refused",
        arguments: [
            "_include=Observation:subject", "%5Finclude=Observation:subject", "_include:iterate=Observation:subject",
            "_revinclude=Provenance:target", "_has:Observation:patient:code=x", "subject.name=x",
            "subject:Patient.name=x", "_filter=x", "_query=x", "_list=x", "_contained=true", "_graph=x", "_text=x",
            "_content=x", "_type=Patient", "_getpages=x", "_offset=1", "_INCLUDE=x", "_sort=subject.name",
            "_sort:desc=x", "_include=*", "__x=1", "=x", "code:unheard=x", "code:in:not=x", "a%20b=1", "%C3%A9=1",
            "subject:Nonsense=x",
        ])
    func refused(_ query: String) throws {
        #expect(try decision("/Observation?\(query)") == "403")
        #expect(try decision("/Patient?\(query)") == "403")
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
        }
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
        guard case .relay(.search(let narrowing)) = try Case.table(scopes).decision(on: Case.request(.get, target))
        else { throw Case.Missing() }
        return narrowing
    }
}
