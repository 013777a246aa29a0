import JSON
import SMART
import Testing

@Suite("SMART scopes-and-launch-context#launch-context-arrives-with-your-access_token")
struct LaunchContextReadingTests {
    private static let whole = LaunchContext(
        patient: "p-1", encounter: "e.1", fhirContext: FHIRContext(json: #"[{"reference":"ImagingStudy/1"}]"#),
        intent: "review \"this\"", needPatientBanner: false, smartStyleURL: "https://x.example/s.json", tenant: "t")

    // Requirements 116, 117, 118, 120
    @Test("an EHR sends what the app will see, under the same names")
    func reading() throws {
        let sent = try JSONDocument(Self.whole.json)
        #expect(try LaunchContext(checking: sent.root) == Self.whole)
        #expect(try LaunchContext(checking: JSONDocument(Array("{}".utf8)).root) == LaunchContext())
    }

    // SMART scopes-and-launch-context#extensibility; Requirement 125
    @Test("a site's own context comes along as it was written, and is stored with the rest")
    func extensions() throws {
        let sent = #"{"patient":"1","__dark":true,"https://ehr.example/x":{"a":[1.50,null]},"urn:ehr:y":"z"}"#
        let context = try LaunchContext(checking: JSONDocument(Array(sent.utf8)).root)
        #expect(!context.extensions.isEmpty)
        #expect(String(decoding: context.json, as: UTF8.self) == sent)
        #expect(LaunchContext(json: context.json) == context)
    }

    // Requirements 116, 117
    @Test(
        "what cannot be taken is refused by name, without its value",
        arguments: [
            ("[]", "the context is a JSON object"),
            (#"{"patient":"Patient/77"}"#, "patient is the id of a resource, without its type"),
            (#"{"patient":77}"#, "patient is the id of a resource, without its type"),
            (#"{"encounter":""}"#, "encounter is the id of a resource, without its type"),
            (#"{"need_patient_banner":"true"}"#, "need_patient_banner is true or false, without quotation marks"),
            (#"{"smart_style_url":"/77.json"}"#, "smart_style_url is an absolute http or https URL"),
            (#"{"smart_style_url":"javascript://77"}"#, "smart_style_url is an absolute http or https URL"),
            (#"{"intent":77}"#, "intent is a text that is not empty"),
            (#"{"tenant":""}"#, "tenant is a text that is not empty"),
            (
                #"{"fhirContext":["Patient/77"]}"#,
                "fhirContext[0]: an item is an object; plain strings are of older versions"
            ),
            (
                #"{"access_token":"77"}"#,
                "access_token is no member of a launch context; a name of your own is a full URI or begins with __"
            ),
            (
                #"{"_dark":77}"#,
                "_dark is no member of a launch context; a name of your own is a full URI or begins with __"
            ),
        ])
    func refusing(_ json: String, _ words: String) throws {
        let document = try JSONDocument(Array(json.utf8))
        do throws(LaunchContext.Refusal) {
            _ = try LaunchContext(checking: document.root)
            Issue.record("taken")
        } catch {
            #expect(error.description == words)
            #expect(!error.description.contains("77"))
        }
    }
}
