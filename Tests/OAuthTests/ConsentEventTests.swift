import JOSE
import JSON
import OAuth
import SMART
import Testing

@Suite("What others hear of a consent")
struct ConsentEventTests {
    private func consent(
        _ status: Consent.Status = .active, version: Int = 1, allowed: String = "openid patient/Goal.rs",
        patient: String? = "p1"
    ) -> Consent {
        Consent(
            id: "c_1", account: "a", clientID: "app", patient: patient, requested: ScopeSet("openid patient/*.rs"),
            allowed: ScopeSet(allowed), decidedAt: Fixture.now, status: status, version: version,
            changedAt: Fixture.now + 60, wording: ConsentWording(language: "de", text: "[x] Ziele é"),
            purpose: patient == nil ? nil : .patientRequest)
    }

    private func first(_ array: JSONValue?) -> JSONValue? { array.flatMap { Array($0.elements).first } }

    @Test(
        "the kind of event follows from status and version",
        arguments: [
            (Consent.Status.active, 1, "consent.given", "openid patient/Goal.rs"),
            (.active, 2, "consent.narrowed", "openid patient/Goal.rs"), (.inactive, 2, "consent.withdrawn", ""),
            (.inactive, 3, "consent.withdrawn", ""), (.rejected, 1, "consent.refused", ""),
        ])
    func kinds(_ status: Consent.Status, _ version: Int, _ type: String, _ scope: String) throws {
        let event = ConsentEvent(consent(status, version: version), issuer: Fixture.base)
        let root = try JSONDocument(event.body).root
        #expect(root["type"]?.string == type && root["timestamp"]?.string == "2027-01-15T08:01:00Z")
        let data = try #require(root["data"])
        #expect(data["scope"]?.string == scope && data["version"]?.integer == version)
        #expect(data["client_id"]?.string == "app" && data["patient"]?.string == "p1")
        #expect(data["purpose"]?.string == "PATRQT")
        #expect(data["consent"]?.string == "\(Fixture.base)/Consent/\(consent().resourceID)")
        #expect(event.id == "\(consent().resourceID)-\(version)")
    }

    // The value is that of: printf '%s' "$id.$time.$body" | openssl dgst -sha256 -mac HMAC -macopt hexkey:03…03 -binary
    @Test("an event is signed over its id, its time and its body, and the same event has the same id")
    func signature() throws {
        let event = ConsentEvent(consent(), issuer: Fixture.base)
        let key = [UInt8](repeating: 3, count: 32)
        let fields = event.fields(under: [key], at: Fixture.now)
        func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        #expect(value("webhook-id") == event.id && value("webhook-timestamp") == "1800000000")
        let message = Array("\(event.id).1800000000.".utf8) + event.body
        #expect(value("webhook-signature") == "v1,\(Base64.encode(HMAC.sha256(key: key, message: message)))")
        #expect(ConsentEvent(consent(), issuer: Fixture.base).id == event.id)
        #expect(event.fields(under: [key], at: Fixture.now + 1).map(\.value) != fields.map(\.value))
        #expect(ConsentEvent.secret(of: key) == "whsec_AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=")
    }

    // SMART scopes-and-launch-context#scopes-for-requesting-context-data
    @Test(
        "an app's owner hears whose record it is where the app was told, and nowhere else",
        arguments: [
            ("openid patient/Goal.rs", true), ("openid launch/patient", true), ("launch user/*.rs", true),
            ("openid launch/encounter", true), ("openid user/*.rs", false), ("openid fhirUser", false),
        ])
    func owner(_ allowed: String, _ isTold: Bool) throws {
        for status in [Consent.Status.active, .inactive] {
            let consent = consent(status, version: 2, allowed: allowed)
            let root = try JSONDocument(ConsentEvent(consent, issuer: Fixture.base, for: .owner).body).root
            #expect(root["data"]?["patient"]?.string == (isTold ? "p1" : nil))
            #expect(root["data"]?["client_id"]?.string == "app")
            // The platform of the site is told in any case.
            let site = try JSONDocument(ConsentEvent(consent, issuer: Fixture.base).body).root
            #expect(site["data"]?["patient"]?.string == "p1")
        }
    }

    @Test("what for follows from who says it, about whom, and by what right")
    func purposes() {
        let temporary = [
            TemporaryAccess(patient: "child", relationship: .parent, until: Fixture.now + 60),
            TemporaryAccess(patient: "unconscious", basis: .emergency, until: Fixture.now + 60),
        ]
        func purpose(
            _ fhirUser: String?, _ patient: String?, _ access: UserAccess = .none, at now: Instant = Fixture.now
        )
            -> Consent.Purpose?
        {
            let user = User(
                id: "u", subject: "s", name: "N", fhirUser: fhirUser.flatMap { FHIRUser($0) }, access: access,
                temporaryAccess: temporary)
            return Consent.Purpose(of: user, about: patient, at: now)
        }
        #expect(purpose("Patient/me", "me") == .patientRequest)
        #expect(purpose("Patient/me", "child") == .familyRequest)
        #expect(purpose("RelatedPerson/r", "child") == .familyRequest)
        #expect(purpose("Practitioner/p", "unconscious") == .breakTheGlass)
        #expect(purpose("Practitioner/p", "other", .all) == .treatment && purpose(nil, "other", .all) == .treatment)
        // Who may see the patient anyway is there to treat, whatever was opened besides.
        #expect(purpose("Practitioner/p", "unconscious", .all) == .treatment)
        #expect(purpose("Practitioner/p", nil, .all) == nil)
    }

    // FHIR R4 consent
    @Test("the resource says who, what, since when and by which words")
    func resource() throws {
        let root = try JSONDocument(try #require(consent().resource(appName: "Rounds"))).root
        #expect(root["resourceType"]?.string == "Consent" && root["status"]?.string == "active")
        #expect(root["patient"]?["reference"]?.string == "Patient/p1")
        #expect(root["dateTime"]?.string == "2027-01-15T08:00:00Z")
        let provision = try #require(root["provision"])
        #expect(provision["type"]?.string == "permit" && provision["period"]?["end"] == nil)
        let actions = provision["action"].map { Array($0.elements) }?.compactMap {
            first($0["coding"])?["code"]?.string
        }
        #expect(
            actions == [
                "http://openid.net/specs/openid-connect-core-1_0#openid",
                "http://smarthealthit.org/fhir/scopes/patient/Goal.rs",
            ])
        #expect(first(provision["purpose"])?["code"]?.string == "PATRQT")
        let actor = first(provision["actor"])?["reference"]
        #expect(actor?["identifier"]?["value"]?.string == "app" && actor?["display"]?.string == "Rounds")
        let data = root["sourceAttachment"]?["data"]?.string
        #expect(data == Base64.encode(Array("[x] Ziele é".utf8)))
        // FHIR R4 datatypes#id
        let id = try #require(root["id"]?.string)
        #expect(id.utf8.count <= 64 && ResourceID.isValid(id))
    }

    @Test("withdrawn, it is inactive and ends; refused, it denies what was asked for; without a patient there is none")
    func others() throws {
        let withdrawn = try JSONDocument(
            try #require(consent(.inactive, version: 2).resource(appName: "Rounds"))
        ).root
        #expect(withdrawn["status"]?.string == "inactive")
        #expect(withdrawn["provision"]?["period"]?["end"]?.string == "2027-01-15T08:01:00Z")
        let refused = try JSONDocument(
            try #require(consent(.rejected, allowed: "").resource(appName: "Rounds"))
        ).root
        #expect(refused["status"]?.string == "rejected" && refused["provision"]?["type"]?.string == "deny")
        #expect(refused["provision"]?["action"].map { Array($0.elements).count } == 2)
        #expect(consent(patient: nil).resource(appName: "Rounds") == nil)
    }
}
