import JSON
import OAuth
import SMART
import Testing

@Suite("FHIR R4 consent: what a Consent of somebody else denies")
struct ConsentReadingTests {
    private static let everything = "* patient/*.cruds"

    private func read(_ json: String) throws -> ConsentReading {
        let base = try #require(FHIRBase("https://h.example/fhir"))
        return try ConsentReading(
            JSONDocument(Array(json.utf8)).root, references: FHIRReferenceReader(base: base), isClient: { $0 == "app" })
    }

    /// A Consent with these members beside those that every one has.
    private func consent(_ members: String, status: String = "active", scope: String = "patient-privacy") -> String {
        """
        {"resourceType":"Consent","id":"17","meta":{"versionId":"3","lastUpdated":"2026-11-27T10:00:00.123+01:00"},
         "status":"\(status)","patient":{"reference":"Patient/p1"},
         "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"\(scope)"}]}\(members)}
        """
    }

    /// What is denied, a line for each rule: app, scope, from, until.
    private func denied(_ json: String) throws -> [String] {
        try read(json).rules.map { rule in
            [rule.clientID ?? "*", rule.denied.scope.spelling, rule.from?.timestamp, rule.until?.timestamp]
                .compactMap { $0 }.joined(separator: " ")
        }
    }

    private static func actor(_ value: String) -> String {
        #""actor":[{"role":{"text":"recipient"},"reference":{"identifier":{"value":"\#(value)"}}}]"#
    }

    private static let observations = #""class":[{"system":"http://hl7.org/fhir/resource-types","code":"Observation"}]"#
    private static let optIn = #","policyRule":{"coding":[{"code":"OPTIN"}]}"#
    private static let optOut = #","policyRule":{"coding":[{"code":"OPTOUT"}]}"#
    private static let scopeURI = "http://smarthealthit.org/fhir/scopes/"

    @Test("whose it is, and which version of what")
    func origin() throws {
        let reading = try read(consent(#","provision":{"type":"deny"}"#))
        #expect(reading.patient == "p1" && reading.origin.id == "Consent/17" && reading.origin.version == "3")
        #expect(reading.origin.updatedAt?.timestamp == "2026-11-27T09:00:00Z")
        #expect(reading.standing.isInForce && reading.ownConsent == nil)
    }

    /// FHIR R4 valueset-consent-policy; FHIR R4 consent#provision
    @Test(
        "policies and provisions that deny",
        arguments: [
            (optOut, [everything]), (optIn, []), (#","provision":{"type":"deny"}"#, [everything]),
            (#","provision":{"type":"permit"}"#, []), (optIn + #","provision":{"type":"permit"}"#, []),
            (#","provision":{"type":"deny",\#(actor("app"))}"#, ["app patient/*.cruds"]),
            // Who is no app of ours could use any.
            (#","provision":{"type":"deny",\#(actor("Dr. Who"))}"#, [everything]),
            (#","provision":{"type":"deny","actor":[{"reference":{"reference":"Organization/1"}}]}"#, [everything]),
            (optOut + #","provision":{"type":"deny",\#(actor("app"))}"#, ["app patient/*.cruds"]),
            (#","provision":{"type":"deny",\#(actor("app")),\#(observations)}"#, ["app patient/Observation.cruds"]),
            // An exception to a permission is a denial, one to a denial cannot be told.
            (optIn + #","provision":{\#(actor("app"))}"#, ["app patient/*.cruds"]),
            (optOut + #","provision":{\#(actor("app"))}"#, [everything]),
            (optOut + #","provision":{"type":"permit",\#(actor("app"))}"#, [everything]),
            (#","provision":{\#(actor("app"))}"#, [everything]), (#","provision":{"type":"maybe"}"#, [everything]),
            ("", [everything]), (#","policyRule":{"coding":[{"code":"HIPAA"}]}"#, [everything]),
        ])
    func policies(_ members: String, _ expected: [String]) throws {
        #expect(try denied(consent(members)) == expected)
    }

    @Test(
        "provisions within a permission",
        arguments: [
            (#""provision":[{"type":"deny",\#(observations)}]"#, ["* patient/Observation.cruds"]),
            (#"\#(actor("app")),"provision":[{"type":"deny",\#(observations)}]"#, ["app patient/Observation.cruds"]),
            (
                #""provision":[{"type":"permit","provision":[{"type":"deny",\#(actor("app"))}]}]"#,
                ["app patient/*.cruds"]
            ),
            (#""provision":[{\#(observations)}]"#, ["* patient/Observation.cruds"]),
            (
                #""period":{"start":"2026-01-01T00:00:00Z"},"provision":[{"type":"deny",\#(actor("app"))}]"#,
                ["app patient/*.cruds 2026-01-01T00:00:00Z"]
            ),
            (#""provision":[{"type":"permit","modifierExtension":[{}]}]"#, [everything]),
        ])
    func nested(_ members: String, _ expected: [String]) throws {
        #expect(try denied(consent(#","provision":{"type":"permit",\#(members)}"#)) == expected)
    }

    /// FHIR R4 valueset-consent-content-class; SMART scopes-and-launch-context#appendix-uri-representation-of-scopes
    @Test(
        "what is denied: types, or scopes by their URIs; what has no words here is left out of the conditions",
        arguments: [
            (#""class":[{"system":"urn:ietf:bcp:13","code":"application/pdf"}]"#, [everything]),
            (#""class":[{"system":"http://hl7.org/fhir/resource-types","code":"Organization"}]"#, [everything]),
            (#""class":[{"system":"http://hl7.org/fhir/resource-types","code":"Nonsense"}]"#, [everything]),
            (
                #""action":[{"coding":[{"system":"urn:ietf:rfc:3986","code":"\#(scopeURI)patient/Observation.rs?category=laboratory"}]}]"#,
                ["* patient/Observation.cruds?category=laboratory"]
            ),
            (
                #""action":[{"coding":[{"code":"\#(scopeURI)patient/Observation.u"}]},{"coding":[{"code":"\#(scopeURI)patient/Condition.rs"}]}]"#,
                ["* patient/Observation.u", "* patient/Condition.cruds"]
            ),
            (#""action":[{"coding":[{"code":"\#(scopeURI)offline_access"}]}]"#, [everything]),
            (#""action":[{"coding":[{"code":"disclose"}]}]"#, [everything]),
            (#"\#(observations),"purpose":[{"code":"HRESCH"}]"#, ["* patient/Observation.cruds"]),
            (#""securityLabel":[{"code":"R"}],\#(actor("app"))"#, ["app patient/*.cruds"]),
            (#""data":[{"meaning":"instance","reference":{"reference":"Observation/1"}}]"#, [everything]),
        ])
    func extent(_ members: String, _ expected: [String]) throws {
        #expect(try denied(consent(#","provision":{"type":"deny",\#(members)}"#)) == expected)
    }

    /// FHIR R4 datatypes#dateTime
    @Test(
        "a period counts as long as it lasts anywhere on earth, and one that cannot be read bounds nothing",
        arguments: [
            (
                #"{"start":"2026-03-01T12:00:00+02:00","end":"2026-03-01T12:00:00.5Z"}"#,
                "2026-03-01T10:00:00Z 2026-03-01T12:00:01Z"
            ),
            (#"{"start":"2026-03-01","end":"2026-03-01"}"#, "2026-02-28T10:00:00Z 2026-03-02T12:00:00Z"),
            (#"{"start":"2026-12","end":"2026-12"}"#, "2026-11-30T10:00:00Z 2027-01-01T12:00:00Z"),
            (#"{"start":"2026","end":"2026"}"#, "2025-12-31T10:00:00Z 2027-01-01T12:00:00Z"),
            (#"{"start":"soon","end":"2026-02-30"}"#, ""), (#"{"end":"2026-13"}"#, ""), (#"{"end":"26-01-01"}"#, ""),
            (#"{"end":"2026-01-01T12:00:00+25:00"}"#, ""), (#"{"end":"2026-01-01T12:00:00.Z"}"#, ""),
        ])
    func periods(_ period: String, _ expected: String) throws {
        let found = try denied(consent(#","provision":{"type":"deny","period":\#(period)}"#))
        #expect(found == ["\(Self.everything) \(expected)".split(separator: " ").joined(separator: " ")])
    }

    @Test("what is not in force denies nothing, what is in force and unclear denies everything")
    func standing() throws {
        for status in ["draft", "proposed", "inactive", "rejected", "entered-in-error"] {
            #expect(try !read(consent(Self.optOut, status: status)).standing.isInForce)
        }
        #expect(try denied(consent(Self.optIn, status: "on-hold")) == [Self.everything])
        // FHIR R4 valueset-consent-scope
        for scope in ["adr", "research", "treatment"] {
            #expect(try !read(consent(Self.optOut, scope: scope)).standing.isInForce)
        }
        #expect(try denied(consent(Self.optIn, scope: "else")) == [Self.everything])
        // FHIR R4 extensibility
        for modifier in [#","modifierExtension":[{"url":"x"}]"#, #","implicitRules":"https://x.example""#] {
            #expect(try denied(consent(Self.optIn + modifier)) == [Self.everything])
        }
    }

    @Test("one that nobody can be told of is refused, and says why")
    func unreadable() throws {
        let cases: [(String, UnreadableConsent)] = [
            (#"{"resourceType":"Patient","id":"1"}"#, .notAConsent), ("[]", .notAConsent),
            (#"{"resourceType":"Consent"}"#, .noID), (#"{"resourceType":"Consent","id":"a/b"}"#, .noID),
            (#"{"resourceType":"Consent","id":"1"}"#, .noPatient("Consent/1")),
            (##"{"resourceType":"Consent","id":"1","patient":{"reference":"#p"}}"##, .noPatient("Consent/1")),
            (
                #"{"resourceType":"Consent","id":"1","patient":{"reference":"https://else.example/Patient/1"}}"#,
                .noPatient("Consent/1")
            ),
        ]
        for (json, problem) in cases {
            #expect(throws: problem) { try read(json) }
        }
    }

    @Test("a newer version is news, whatever comes first; the same and an older one are none")
    func order() throws {
        func origin(_ version: String?, _ updated: Int?) -> ConsentDirective.Origin {
            .init(id: "Consent/17", version: version, updatedAt: updated.map { Instant($0) })
        }
        let reading = try read(consent(Self.optOut))
        let at = try #require(reading.origin.updatedAt).seconds
        for (known, isNews) in [
            (origin("2", at - 1), true), (origin("3", at), false), (origin("4", at + 1), false),
            (origin("4", at), false),
            (origin("2", at), true), (origin(nil, nil), true), (origin("a", at), true), (origin("2", nil), true),
            (origin("9", at - 1), true), (origin("1", at + 1), false),
        ] {
            #expect(reading.isNews(beside: known) == isNews, "\(known)")
        }
    }

    @Test("the resource that we wrote of a record of ours is known again")
    func own() throws {
        let consent = Consent(
            id: "record-1", account: "a", clientID: "app", patient: "p1", requested: ScopeSet("patient/*.rs"),
            allowed: ScopeSet("patient/*.rs"), decidedAt: Instant(1_800_000_000))
        let bytes = try #require(consent.resource(appName: "App"))
        let reading = try read(String(decoding: bytes, as: UTF8.self))
        #expect(reading.ownConsent == "record-1" && reading.standing == .denies([]))
        let forged = String(decoding: bytes, as: UTF8.self).replacing("record-1", with: "record-2")
        #expect(try read(forged).ownConsent == nil)
    }
}
