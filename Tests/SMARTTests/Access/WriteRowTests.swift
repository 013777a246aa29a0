import HTTP
import SMART
import Testing

/// What a token of some patients may write: kermit's resources, or eboni's not.
@Suite("Rows W1 to W5: what is written")
struct WriteRowTests {
    private static let own = #""subject":{"reference":"Patient/kermit"}"#

    private func decide(
        _ method: Request.Method, _ target: String, _ body: String, _ scopes: String = "patient/*.cruds",
        type: String = "application/fhir+json", access: UserAccess = .patients([Case.own])
    ) throws -> String {
        try Case.table(scopes, patient: scopes.contains("patient/") ? Case.own : nil, access: access)
            .decision(on: Case.request(method, target, [("Content-Type", type)], body: body)).summary
    }

    private func observation(_ rest: String, subject: String = own) -> String {
        #"{"resourceType":"Observation",\#(subject)\#(rest)}"#
    }

    @Test(
        "W1: what is created is about the own patient, and names no other",
        arguments: [
            ("", "handOff /Observation"), (#","performer":[{"reference":"Practitioner/p"}]"#, "handOff /Observation"),
            (#","performer":[{"reference":"Patient/kermit"}]"#, "handOff /Observation"),
            (#","performer":[{"reference":"Patient/eboni"}]"#, "403"),
            (#","focus":[{"reference":"https://ehr.example.org/fhir/Patient/eboni"}]"#, "403"),
            (#","focus":[{"reference":"http://10.0.0.5:8080/hapi/Patient/eboni/_history/2"}]"#, "403"),
            (#","contained":[{"resourceType":"Observation","subject":{"reference":"Patient/eboni"}}]"#, "403"),
            (#","extension":[{"url":"x","valueReference":{"reference":"Patient/eboni"}}]"#, "403"),
            (#","extension":[{"url":"x","valueReference":{"r\u0065ference":"Patient\/eboni"}}]"#, "403"),
            (#","encounter":{"reference":"Encounter?identifier=x"}"#, "403"),
            (#","note":[{"text":"Patient/eboni"}]"#, "handOff /Observation"),
            (#","meta":{"security":[{"code":"R"}]}"#, "403"), (#","meta":{"tag":[{"code":"x"}]}"#, "403"),
            (#","meta":{"profile":["x"]}"#, "handOff /Observation"),
        ])
    func create(_ rest: String, _ decision: String) throws {
        #expect(try decide(.post, "/Observation", observation(rest)) == decision)
    }

    @Test(
        "W1: whose it is must be proven",
        arguments: [
            #""subject":{"reference":"Patient/eboni"}"#, #""subject":{"reference":"Group/g"}"#,
            #""subject":{"reference":"urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"}"#,
            ##""subject":{"reference":"#p"}"##,
            #""subject":{"reference":"Patient?identifier=x"}"#, #""subject":{"identifier":{"value":"kermit"}}"#,
            #""status":"final""#, #""subject":[{"reference":"Patient/kermit"},{"reference":"Patient/eboni"}]"#,
            #""performer":[{"reference":"Patient/kermit"}]"#,
        ])
    func unproven(_ subject: String) throws {
        #expect(try decide(.post, "/Observation", observation("", subject: subject)) == "403")
    }

    @Test(
        "W1: a body is JSON of the type that the address names, and read in one way only",
        arguments: [
            (#"{"resourceType":"Condition","subject":{"reference":"Patient/kermit"}}"#, "400"), ("{}", "400"),
            ("[]", "400"), ("", "400"), ("<Observation/>", "400"),
            (
                #"{"resourceType":"Observation","subject":{"reference":"Patient/kermit"},"subject":{"reference":"Patient/eboni"}}"#,
                "400"
            ),
            (#"{"resourceType":"Observation","resourceType":"Patient"}"#, "400"),
        ])
    func bodies(_ body: String, _ decision: String) throws {
        #expect(try decide(.post, "/Observation", body) == decision)
        #expect(try decide(.post, "/Observation", body, type: "application/fhir+xml") == "415")
    }

    @Test(
        "W1: types that say of nobody whose they are are not a patient's to write",
        arguments: [
            ("Practitioner", "403"), ("Organization", "403"), ("ValueSet", "403"), ("Group", "403"), ("Bundle", "403"),
            ("Binary", "403"), ("Patient", "403"), ("Subscription", "403"), ("Condition", "handOff /Condition"),
        ])
    func types(_ type: String, _ decision: String) throws {
        let body = #"{"resourceType":"\#(type)","id":"kermit",\#(Self.own)}"#
        #expect(try decide(.post, "/\(type)", body) == decision)
    }

    @Test("W1: a device of nobody is the hospital's")
    func device() throws {
        let device = #"{"resourceType":"Device","patient":{"reference":"Patient/kermit"}}"#
        #expect(try decide(.post, "/Device", device) == "handOff /Device")
        #expect(try decide(.post, "/Device", #"{"resourceType":"Device"}"#) == "403")
    }

    // SMART scopes-and-launch-context#finer-grained-resource-constraints-using-search-parameters
    @Test("W1, W3: what is written lies within the constraints of a scope that allows it")
    func constraints() throws {
        let lab = observation(#","category":[{"coding":[{"system":"s","code":"laboratory"}]}]"#)
        let scopes = "patient/Observation.cruds?category=s|laboratory"
        #expect(try decide(.post, "/Observation", lab, scopes) == "handOff /Observation")
        #expect(try decide(.post, "/Observation", observation(""), scopes) == "403")
        #expect(
            try decide(.post, "/Observation", lab, "patient/Observation.rs patient/Observation.c?category=s|vitals")
                == "403")
        let stored = lab.replacing(#""subject""#, with: #""id":"1","subject""#)
        #expect(try decide(.put, "/Observation/1", stored, scopes) == "change u Observation/1")
        // A user who sees everybody is bound by the constraint alone.
        let other = lab.replacing("kermit", with: "eboni")
        let user = scopes.replacing("patient/", with: "user/")
        #expect(try decide(.post, "/Observation", other, user, access: .all) == "handOff /Observation")
        #expect(try decide(.post, "/Observation", observation(""), user, access: .all) == "403")
    }

    @Test("W1: what one scope admits is not mixed with the reach of another")
    func perGrant() throws {
        let scopes = "patient/Observation.c user/Observation.c?category=a"
        let own = observation(#","focus":[{"reference":"Patient/eboni"}]"#)
        #expect(try decide(.post, "/Observation", own, scopes, access: .all) == "403")
        let category = #","category":[{"coding":[{"code":"a"}]}],"focus":[{"reference":"Patient/eboni"}]"#
        #expect(
            try decide(.post, "/Observation", observation(category), scopes, access: .all) == "handOff /Observation")
    }

    // FHIR R4 http#update
    @Test(
        "W3: an update says which resource it is",
        arguments: [
            (
                "/Observation/1", #"{"resourceType":"Observation","id":"1","subject":{"reference":"Patient/kermit"}}"#,
                "change u Observation/1"
            ),
            (
                "/Observation/1", #"{"resourceType":"Observation","id":"2","subject":{"reference":"Patient/kermit"}}"#,
                "400"
            ),
            ("/Observation/1", #"{"resourceType":"Observation","subject":{"reference":"Patient/kermit"}}"#, "400"),
            (
                "/Observation/1", #"{"resourceType":"Observation","id":"1","subject":{"reference":"Patient/eboni"}}"#,
                "403"
            ),
            ("/Patient/kermit", #"{"resourceType":"Patient","id":"kermit"}"#, "change u Patient/kermit"),
            (
                "/Patient/kermit",
                #"{"resourceType":"Patient","id":"kermit","contact":[{"organization":{"reference":"Patient/eboni"}}]}"#,
                "403"
            ),
            ("/Patient/eboni", #"{"resourceType":"Patient","id":"eboni"}"#, "403"),
        ])
    func update(_ target: String, _ body: String, _ decision: String) throws {
        #expect(try decide(.put, target, body) == decision)
    }

    // FHIR R4 http#patch; RFC 6902 §4, RFC 6901 §3, §4
    @Test(
        "W4: a patch leaves alone what says whose the resource is",
        arguments: [
            (#"[{"op":"replace","path":"/status","value":"final"}]"#, "change u Observation/1"),
            (#"[{"op":"add","path":"/note/-","value":{"text":"x"}}]"#, "change u Observation/1"),
            (
                #"[{"op":"test","path":"/status","value":"final"},{"op":"remove","path":"/note/0"}]"#,
                "change u Observation/1"
            ),
            (#"[{"op":"replace","path":"/subject","value":{"reference":"Patient/kermit"}}]"#, "403"),
            (#"[{"op":"replace","path":"/subject/reference","value":"Patient/kermit"}]"#, "403"),
            (#"[{"op":"remove","path":"/subject"}]"#, "403"), (#"[{"op":"replace","path":"","value":{}}]"#, "403"),
            (#"[{"op":"move","from":"/subject","path":"/note"}]"#, "403"),
            (#"[{"op":"copy","from":"/note","path":"/subject"}]"#, "403"),
            (#"[{"op":"replace","path":"/id","value":"2"}]"#, "403"),
            (#"[{"op":"add","path":"/meta/security","value":[]}]"#, "403"),
            (#"[{"op":"add","path":"/contained","value":[]}]"#, "403"),
            (#"[{"op":"replace","path":"/resourceType","value":"Patient"}]"#, "403"),
            (#"[{"op":"replace","path":"/s\u0075bject","value":{}}]"#, "403"),
            (#"[{"op":"add","path":"/focus","value":[{"reference":"Patient/eboni"}]}]"#, "403"),
            (#"[{"op":"replace","path":"/focus/0/reference","value":"Patient/eboni"}]"#, "403"),
            (#"[{"op":"add","path":"/encounter","value":{"reference":"Encounter?x=y"}}]"#, "403"),
            (#"[{"op":"replace","path":"subject","value":{}}]"#, "400"), (#"[{"op":"merge","path":"/status"}]"#, "400"),
            (#"[{"path":"/status"}]"#, "400"), (#"[{"op":"copy","path":"/note"}]"#, "400"), ("{}", "400"), ("", "400"),
            (#"[{"op":"test","op":"add","path":"/status","value":1}]"#, "400"),
        ])
    func patch(_ body: String, _ decision: String) throws {
        #expect(try decide(.patch, "/Observation/1", body, type: "application/json-patch+json") == decision)
    }

    @Test("W4: FHIRPath Patch and XML are not for such a token")
    func patchTypes() throws {
        for type in [
            "application/fhir+json", "application/json", "application/fhir+xml", "application/merge-patch+json",
        ] {
            #expect(try decide(.patch, "/Observation/1", "[]", type: type) == "415")
        }
    }

    @Test("W4: the elements of a constraint are not patched")
    func patchedConstraint() throws {
        let patch = #"[{"op":"add","path":"/category/-","value":{"coding":[{"code":"b"}]}}]"#
        let type = "application/json-patch+json"
        #expect(try decide(.patch, "/Observation/1", patch, type: type) == "change u Observation/1")
        #expect(try decide(.patch, "/Observation/1", patch, "patient/Observation.u?category=a", type: type) == "403")
        #expect(
            try decide(.patch, "/Observation/1", patch, "user/Observation.u?category=a", type: type, access: .all)
                == "403")
    }

    @Test("O5: a resource is validated where it could be written")
    func validate() throws {
        let other = observation("").replacing("kermit", with: "eboni")
        #expect(try decide(.post, "/Observation/$validate", observation("")) == "handOff /Observation/$validate")
        #expect(try decide(.post, "/Observation/$validate", other) == "403")
    }

    @Test(
        "W1: another patient is named in whatever spelling a server could follow",
        arguments: [
            "/Patient/eboni", "fhir/Patient/eboni", "http://elsewhere/fhir/Patient/eboni",
            "https://EHR.example.org/fhir/Patient/eboni",
            "Patient/eboni/", "Patient/eboni#x", "Patient/eboni/_history/1", "./Patient/eboni", "//Patient/eboni",
        ])
    func spellings(_ reference: String) throws {
        #expect(
            try decide(.post, "/Observation", observation(#","performer":[{"reference":"\#(reference)"}]"#)) == "403")
        let patch = #"[{"op":"replace","path":"/performer/0/reference","value":"\#(reference)"}]"#
        #expect(try decide(.patch, "/Observation/1", patch, type: "application/json-patch+json") == "403")
    }

    // FHIR R4 http#transaction
    @Test("no token but one for everything puts a search in place of a reference")
    func searches() throws {
        for reference in [
            "Patient?name=x", "https://ehr.example.org/fhir/Patient?name=x", "Condition?_has:Observation:x:y=z",
        ] {
            let body = observation(#","focus":[{"reference":"\#(reference)"}]"#)
            let patch = #"[{"op":"add","path":"/focus/0/reference","value":"\#(reference)"}]"#
            for scopes in ["patient/*.cruds", "system/Observation.cruds", "system/Observation.cruds?status=final"] {
                #expect(try decide(.post, "/Observation", body, scopes) == "403")
                #expect(
                    try decide(.patch, "/Observation/1", patch, scopes, type: "application/json-patch+json") == "403")
            }
            #expect(try decide(.post, "/Observation", body, "system/*.cruds") == "handOff /Observation")
        }
        #expect(try decide(.post, "/Observation", observation(""), "system/Observation.c") == "handOff /Observation")
        #expect(
            try decide(.post, "/Observation", "<x/>", "system/Observation.c", type: "application/fhir+xml") == "415")
        #expect(try decide(.post, "/Binary", "%PDF", "system/Binary.c", type: "application/pdf") == "handOff /Binary")
    }

    @Test("a document does not make somebody's raw content the patient's")
    func binaries() throws {
        let document =
            #"{"resourceType":"DocumentReference",\#(Self.own),"content":[{"attachment":{"url":"Binary/b"}}]}"#
        #expect(try decide(.post, "/DocumentReference", document) == "403")
        #expect(
            try decide(
                .post, "/DocumentReference", document.replacing("Binary/b", with: "http://10.0.0.5:8080/hapi/Binary/b"))
                == "403")
        #expect(
            try decide(
                .post, "/DocumentReference", document.replacing("Binary/b", with: "https://elsewhere.example/x.pdf"))
                == "handOff /DocumentReference")
        let patch = #"[{"op":"replace","path":"/content/0/attachment/url","value":"Binary/b"}]"#
        #expect(try decide(.patch, "/DocumentReference/d", patch, type: "application/json-patch+json") == "403")
        // What an update keeps is seen when the document is there.
        let stored = document.replacing(#""subject""#, with: #""id":"d","subject""#)
        #expect(try decide(.put, "/DocumentReference/d", stored) == "change u DocumentReference/d")
    }

    // RFC 6902 §4.6
    @Test("a token that does not read asks for no value by a patch")
    func tests() throws {
        let patch = #"[{"op":"test","path":"/status","value":"final"}]"#
        let type = "application/json-patch+json"
        #expect(try decide(.patch, "/Observation/1", patch, "patient/Observation.u", type: type) == "403")
        #expect(
            try decide(.patch, "/Observation/1", patch, "patient/Observation.ru", type: type)
                == "change u Observation/1")
    }

    // FHIR R4 http#ops; RFC 7240 §2; RFC 8259 §8.1
    @Test("a body is UTF-8, and the FHIR server is told so")
    func charset() throws {
        for (charset, decision) in [
            ("utf-8", "handOff /Observation"), ("UTF-8", "handOff /Observation"), ("Shift_JIS", "415"),
            ("utf-16", "415"),
        ] {
            let type = "application/fhir+json; charset=\(charset)"
            #expect(try decide(.post, "/Observation", observation(""), type: type) == decision)
        }
        guard
            case .handOff(let handOff) = try Case.table("patient/*.c").decision(
                on: Case.request(
                    .post, "/Observation",
                    [("Content-Type", "application/fhir+json; x=y"), ("Prefer", "return=minimal, respond-async, x=y")],
                    body: observation("")))
        else {
            Issue.record("not handed on")
            return
        }
        #expect(handOff.contentType == "application/fhir+json" && handOff.prefer == "return=minimal")
    }

    @Test("a body that is longer than what is looked at is not read")
    func lengths() throws {
        func decide(_ length: Int, _ type: String, _ target: String, _ scopes: String) throws -> String {
            var request = Request(method: .post, path: "/fhir\(target)", fields: Fields([("Content-Type", type)]))
            request.bodyLength = length
            return try Case.table(scopes).decision(on: FHIRRequest(request, under: Case.base(), hasBody: false)).summary
        }
        let json = "application/fhir+json"
        #expect(try decide(4 << 20, json, "/Observation", "patient/*.c") == "body")
        #expect(try decide(4 << 20 + 1, json, "/Observation", "patient/*.c") == "413")
        #expect(try decide(16 << 20, json, "/", "system/*.cruds") == "body")
        #expect(
            try decide(256 << 10 + 1, "application/x-www-form-urlencoded", "/Observation/_search", "patient/*.rs")
                == "413")
        #expect(throws: FHIRRefusal.self) {
            var request = Request(method: .get, path: "/fhir/Observation")
            request.bodyLength = 1
            _ = try FHIRRequest(request, under: Case.base())
        }
    }
}
