import JSON
import SMART

/// What a Consent that somebody else keeps says here (FHIR R4 consent).
///
/// It can deny, and open nothing. A condition of a denial that has no words here is left out, so that more is denied; where
/// it cannot be told what is denied at all, that is everything.
package struct ConsentReading: Sendable, Equatable {
    package enum Standing: Sendable, Equatable {
        /// It denies this; none where it only permits.
        case denies([ConsentRule])
        /// It is in force and not to be understood, for this reason: it denies everything.
        case unclear(String)
        /// A draft, or ended.
        case notInForce
        /// About something else than privacy.
        case ofNoConcern

        package var isInForce: Bool {
            switch self {
            case .denies, .unclear: true
            case .notInForce, .ofNoConcern: false
            }
        }
    }

    /// What it is, its version, and when that was made.
    package private(set) var origin: ConsentDirective.Origin
    package let patient: String
    package let standing: Standing
    /// The id of our own record, where it is the resource that we have written of that.
    package let ownConsent: String?

    package init(
        _ root: JSONValue, references: FHIRReferenceReader, isClient: @escaping (String) -> Bool
    ) throws(UnreadableConsent) {
        guard root["resourceType"]?.equals("Consent") == true else { throw .notAConsent }
        guard let id = root["id"]?.string, ResourceID.isValid(id) else { throw .noID }
        guard let reference = root["patient"]?["reference"]?.string,
            case .local("Patient", let patient) = references.read(reference)
        else { throw .noPatient("Consent/\(id)") }
        self.patient = patient
        origin = ConsentDirective.Origin(
            id: "Consent/\(id)", version: root["meta"]?["versionId"]?.string,
            updatedAt: Self.updatedAt(of: root))
        let named = root["identifier"]?.elements.compactMap { $0["value"]?.string } ?? []
        ownConsent = named.first { Consent.resourceID(of: $0).isExactly(id) }
        standing = Self.standing(of: root, patient: patient, isClient: isClient)
    }

    /// When a resource was changed last, by the clock of its server.
    package static func updatedAt(of resource: JSONValue) -> Instant? {
        resource["meta"]?["lastUpdated"]?.string.flatMap { FHIRMoment($0)?.first }
    }

    /// The same as kept by somebody else than the FHIR server, who may call another Consent by the same id.
    package func kept(by keeper: String) -> ConsentReading {
        var copy = self
        copy.origin = ConsentDirective.Origin(
            id: "\(keeper)/\(origin.id)", version: origin.version, updatedAt: origin.updatedAt)
        return copy
    }

    /// What holds while it is in force.
    package var rules: [ConsentRule] {
        switch standing {
        case .denies(let rules): rules
        case .unclear: [ConsentRule(clientID: nil, denied: DenyRule(patient: patient))]
        case .notInForce, .ofNoConcern: []
        }
    }

    /// Whether it takes the place of a state that is known: what is older never does.
    package func isNews(beside known: ConsentDirective.Origin) -> Bool {
        if let version = origin.version, let old = known.version, version.isExactly(old) { return false }
        if let updated = origin.updatedAt, let old = known.updatedAt, updated != old { return updated > old }
        if origin.version == nil, known.version == nil, origin.updatedAt != nil, known.updatedAt != nil { return false }
        // In the same second, or without times.
        if let version = origin.version.flatMap({ Int($0) }), let old = known.version.flatMap({ Int($0) }) {
            return version > old
        }
        return true
    }
}

/// Why a Consent cannot be kept at all: nobody can tell whom it concerns.
package enum UnreadableConsent: Error, Equatable, CustomStringConvertible {
    case notAConsent
    case noID
    case noPatient(String)

    package var description: String {
        switch self {
        case .notAConsent: "this is no Consent"
        case .noID: "the Consent has no id"
        case .noPatient(let consent): "\(consent) names no patient of this FHIR server"
        }
    }
}

extension ConsentReading {
    private static let scopeSystem = "http://terminology.hl7.org/CodeSystem/consentscope"

    private static func standing(
        of root: JSONValue, patient: String, isClient: @escaping (String) -> Bool
    ) -> Standing {
        switch root["status"]?.string {
        case "active": break
        case "draft", "proposed", "inactive", "rejected", "entered-in-error": return .notInForce
        default: return .unclear("its status is none of FHIR R4")
        }
        // FHIR R4 extensibility
        guard root["modifierExtension"] == nil, root["implicitRules"] == nil else {
            return .unclear("it has a modifier that is unknown here")
        }
        let scopes =
            root["scope"]?["coding"]?.elements.filter { $0["system"]?.equals(scopeSystem) == true }
            .compactMap { $0["code"]?.string } ?? []
        if !scopes.contains("patient-privacy") {
            // FHIR R4 valueset-consent-scope: treatment, research and what to do when somebody is dying.
            let isAboutOther = !scopes.isEmpty && scopes.allSatisfy { ["adr", "research", "treatment"].contains($0) }
            return isAboutOther ? .ofNoConcern : .unclear("its scope is unknown here")
        }
        do throws(UnclearProvision) {
            return .denies(
                try ConsentProvisions(patient: patient, isClient: isClient).rules(
                    root["provision"], policy: policy(of: root)))
        } catch {
            return .unclear(error.reason)
        }
    }

    /// FHIR R4 valueset-consent-policy: what holds where no provision says otherwise.
    private static func policy(of root: JSONValue) -> ConsentProvisions.Policy? {
        let codes = root["policyRule"]?["coding"]?.elements.compactMap { $0["code"]?.string } ?? []
        if codes.contains("OPTOUT") { return .denies }
        return codes.contains("OPTIN") ? .permits : nil
    }
}
