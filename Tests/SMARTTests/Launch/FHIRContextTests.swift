import SMART
import Testing

@Suite("SMART scopes-and-launch-context#fhir-context")
struct FHIRContextTests {
    // Requirements 121, 122, 123
    @Test(
        "every form of an item is taken as it was written",
        arguments: [
            #"[{"reference":"DiagnosticReport/123"}, {"reference":"Organization/789"}]"#,
            #"[{"reference":"Appointment/123"}]"#, #"[{"reference":"ImagingStudy/1","role":"launch"}]"#,
            // The guide's medication reconciliation: the same type twice, in two roles.
            """
            [{"reference":"List/123","role":"https://example.org/med-list-at-home"},
             {"reference":"List/456","role":"https://example.org/med-list-at-hospital"}]
            """,
            // The guide's questionnaire, with a version behind a slash.
            """
            [{"role":"https://example.org/role/questionnaire-to-display","type":"Questionnaire",
              "canonical":"https://example.org/Questionnaire/123/|v2023-05-03"}]
            """,
            #"[{"canonical":"https://x.example/Questionnaire/1"}]"#,
            #"[{"canonical":"http://x.example/fhir/r4/Questionnaire/1|2.0.0"}]"#,
            #"[{"identifier":{"system":"s","value":"v"},"type":"Device"}]"#, #"[{"identifier":{"value":"v"}}]"#,
            #"[{"identifier":{"value":"v"},"reference":"Device/1","type":"Device","__own":[1]}]"#,
            #"[{"reference":"Patient/1","role":"https://x.example/r"}]"#,
            #"[{"reference":"Encounter/1","role":"urn:x:previous-visit"}]"#,
            #"[{"identifier":{"value":"v"},"type":"Patient","role":"https://x.example/donor"}]"#,
        ])
    func forms(_ json: String) throws {
        let context = try FHIRContext(checking: json)
        #expect(String(decoding: context.bytes, as: UTF8.self) == json)
        #expect(FHIRContext(json: json) == context)
    }

    // RFC 3986 §4.3; Requirements 121, 122, 123, 124
    @Test(
        "a faulty item is named by its place, with the rule that it breaks",
        arguments: [
            ("[", nil, FHIRContext.Refusal.Reason.notJSON), ("{}", nil, .notAnArray), ("[]", nil, .notAnArray),
            ("null", nil, .notAnArray), (#"["Patient/1"]"#, 0, .notAnObject), ("[[]]", 0, .notAnObject),
            ("[{}]", 0, .refersToNothing), (#"[{"type":"Device"}]"#, 0, .refersToNothing),
            (#"[{"reference":"Device/1"},{"type":"Device"}]"#, 1, .refersToNothing),
            (#"[{"reference":"Nothing/1"}]"#, 0, .wrongReference), (#"[{"reference":"Device"}]"#, 0, .wrongReference),
            (#"[{"reference":"Device/a b"}]"#, 0, .wrongReference),
            (#"[{"reference":"/Device/1"}]"#, 0, .wrongReference),
            (#"[{"reference":"Device/1/_history/2"}]"#, 0, .wrongReference),
            (#"[{"reference":1}]"#, 0, .wrongReference),
            (#"[{"reference":"https://x.example/Device/1"}]"#, 0, .wrongReference),
            (#"[{"reference":""}]"#, 0, .wrongReference), (#"[{"reference":null}]"#, 0, .wrongReference),
            (#"[{"canonical":"Questionnaire/1"}]"#, 0, .wrongCanonical),
            (#"[{"canonical":"urn:oid:1.2.3"}]"#, 0, .wrongCanonical),
            (#"[{"canonical":"https://x.example/1"}]"#, 0, .wrongCanonical),
            (#"[{"canonical":"https://x.example/Nothing/1"}]"#, 0, .wrongCanonical),
            (#"[{"canonical":"https://x.example/Questionnaire"}]"#, 0, .wrongCanonical),
            (#"[{"canonical":"https://x.example/Questionnaire/1/"}]"#, 0, .wrongCanonical),
            (#"[{"canonical":"https://x.example/Questionnaire/1|"}]"#, 0, .wrongCanonical),
            (#"[{"canonical":"https://x.example/Questionnaire/1#a"}]"#, 0, .wrongCanonical),
            (#"[{"canonical":["https://x.example/Questionnaire/1"]}]"#, 0, .wrongCanonical),
            (#"[{"identifier":"v"}]"#, 0, .wrongIdentifier), (#"[{"identifier":{}}]"#, 0, .wrongIdentifier),
            (#"[{"identifier":{"value":"v"},"type":"Nothing"}]"#, 0, .unknownType),
            (#"[{"identifier":{"value":"v"},"type":null}]"#, 0, .unknownType),
            (#"[{"reference":"Device/1","type":"Task"}]"#, 0, .contradictingType),
            (#"[{"canonical":"https://x.example/Measure/1","type":"Questionnaire"}]"#, 0, .contradictingType),
            (#"[{"reference":"Device/1","role":""}]"#, 0, .wrongRole),
            (#"[{"reference":"Device/1","role":"friend"}]"#, 0, .wrongRole),
            (#"[{"reference":"Device/1","role":"/roles/friend"}]"#, 0, .wrongRole),
            (#"[{"reference":"Device/1","role":"Launch"}]"#, 0, .wrongRole),
            (#"[{"reference":"Device/1","role":"https:"}]"#, 0, .wrongRole),
            (#"[{"reference":"Device/1","role":"https://x.example/a b"}]"#, 0, .wrongRole),
            (#"[{"reference":"Device/1","role":null}]"#, 0, .wrongRole),
            (#"[{"reference":"Device/1"},{"reference":"Patient/77"}]"#, 1, .topLevelInLaunchRole),
            (#"[{"reference":"Encounter/1","role":"launch"}]"#, 0, .topLevelInLaunchRole),
            (#"[{"identifier":{"value":"77"},"type":"Patient"}]"#, 0, .topLevelInLaunchRole),
        ] as [(String, Int?, FHIRContext.Refusal.Reason)])
    func refusing(_ json: String, _ index: Int?, _ reason: FHIRContext.Refusal.Reason) {
        #expect(FHIRContext(json: json) == nil)
        do throws(FHIRContext.Refusal) {
            _ = try FHIRContext(checking: json)
            Issue.record("taken")
        } catch {
            #expect(error == FHIRContext.Refusal(index: index, reason: reason))
            #expect(error.description.hasPrefix(index.map { "fhirContext[\($0)]: " } ?? "fhirContext: "))
            #expect(!error.description.contains("77"))
        }
    }
}
