import HTTP
import SMART
import Testing

@Suite("FHIR R4 http: interactions")
struct FHIRRequestTests {
    @Test(
        "method and address tell the interaction",
        arguments: [
            (.get, "/metadata", .capabilities),
            (.get, "/Patient/1", .read(type: "Patient", id: "1")),
            (.head, "/Patient/1", .read(type: "Patient", id: "1")),
            (.get, "/Patient/1/_history/2", .versionRead(type: "Patient", id: "1", version: "2")),
            (.get, "/Patient/1/_history", .instanceHistory(type: "Patient", id: "1")),
            (.get, "/Patient/_history", .typeHistory(type: "Patient")),
            (.get, "/_history", .systemHistory),
            (.get, "/Patient?name=x", .search(type: "Patient")),
            (.post, "/Patient/_search", .search(type: "Patient")),
            (
                .get, "/Patient/1/Observation",
                .compartmentSearch(CompartmentPath(owner: "Patient", id: "1", type: "Observation"))
            ),
            (
                .post, "/Patient/1/Observation/_search",
                .compartmentSearch(CompartmentPath(owner: "Patient", id: "1", type: "Observation"))
            ),
            (.get, "/Patient/1/*", .compartmentSearch(CompartmentPath(owner: "Patient", id: "1", type: nil))),
            (.post, "/_search", .systemSearch), (.post, "/", .bundle), (.post, "", .bundle),
            (.get, "?_type=Patient", .systemSearch),
            (.get, "?_page=abc", .page("abc")),
            (.post, "/Patient", .create(type: "Patient")),
            (.put, "/Patient/1", .update(type: "Patient", id: "1")),
            (.patch, "/Patient/1", .patch(type: "Patient", id: "1")),
            (.delete, "/Patient/1", .delete(type: "Patient", id: "1")),
            (.put, "/Patient?name=x", .conditionalChange(type: "Patient")),
            (.delete, "/Patient?name=x", .conditionalChange(type: "Patient")),
        ] as [(Request.Method, String, FHIRInteraction)])
    func interaction(_ method: Request.Method, _ target: String, _ expected: FHIRInteraction) throws {
        #expect(try Case.request(method, target).interaction == expected)
    }

    @Test(
        "what has no rule has no name",
        arguments: [
            (.put, "/Patient/1/$everything"), (.get, "/Patient/$a/$b"), (.get, "/$a/Patient"), (.get, "/$"),
            (.get, "/Patient/1/Observation/$x"), (.post, "/Patient/1"), (.put, "/"), (.delete, "/"),
            (.get, "/Patient/1/Observation/_search"), (.delete, "/Patient/1/_history"), (.options, "/Patient"),
            (.delete, "/Patient/1/_history/2"),
        ] as [(Request.Method, String)])
    func unnamed(_ method: Request.Method, _ target: String) throws {
        #expect(try Case.request(method, target).interaction == nil)
    }

    // FHIR R4 operations#executing
    @Test(
        "an operation is asked of the system, a type or an instance",
        arguments: [
            ("/$export", "export", nil, nil), ("/Observation/$lastn", "lastn", "Observation", nil),
            ("/Patient/1/$everything", "everything", "Patient", "1"),
        ] as [(String, String, String?, String?)])
    func operation(_ target: String, _ name: String, _ type: String?, _ id: String?) throws {
        for method in [Request.Method.get, .post] {
            guard case .operation(let operation) = try Case.request(method, target).interaction else {
                Issue.record("no operation")
                return
            }
            #expect(operation.name == name && operation.type == type && operation.id == id)
        }
    }

    // FHIR R4 http#create, datatypes#id
    @Test(
        "an address that names no resource is not found, one that is misspelt is malformed",
        arguments: [
            ("/patient/1", 404), ("/Parameters", 404), ("/.well-known/x", 404), ("/PATIENT", 404),
            ("/Patient/a_b", 400),
            ("/Patient/1/_history/_x", 400), ("/Patient/1/observation", 404), ("?_page=x&_count=1", 400),
            ("?_page=", 400), ("/Patient/\(String(repeating: "a", count: 65))", 400),
        ])
    func refused(_ target: String, _ status: Int) {
        let refusal = #expect(throws: FHIRRefusal.self) { try Case.request(.get, target) }
        #expect(refusal?.status == status)
    }

    @Test("a method is not overridden and a body is not coded")
    func fields() {
        for name in ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"] {
            let refusal = #expect(throws: FHIRRefusal.self) { try Case.request(.post, "/Patient", [(name, "DELETE")]) }
            #expect(refusal?.status == 400)
        }
        let refusal = #expect(throws: FHIRRefusal.self) {
            try Case.request(.post, "/Patient", [("Content-Encoding", "gzip")])
        }
        #expect(refusal?.status == 415)
    }

    // FHIR R4 http#parameters
    @Test(
        "who asks for XML alone does not take JSON",
        arguments: [
            ("/Patient/1", "application/fhir+json", true), ("/Patient/1", "text/html, */*;q=0.8", true),
            ("/Patient/1", "application/fhir+xml", false), ("/Patient/1", "application/json; q=0, text/html", false),
            ("/Patient/1", "application/json; q=0.0", false), ("/Patient/1", "application/json; q=0.1", true),
            ("/Patient/1?_format=json", "application/fhir+xml", true),
            ("/Patient/1?_format=xml", "application/fhir+json", false),
            ("/Patient/1?_format=application/fhir+json", "", true), ("/Patient/1", "", false),
            ("/Patient/1?_format=json&_format=xml", "*/*", false),
        ])
    func format(_ target: String, _ accept: String, _ takesJSON: Bool) throws {
        #expect(try Case.request(.get, target, [("Accept", accept)]).takesJSON == takesJSON)
    }
}
