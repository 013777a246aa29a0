import JOSE
import JSON
import SMART

/// The record as a resource of FHIR R4 (FHIR R4 consent).
extension Consent {
    /// Its id on the FHIR server: an id there has other letters than ours, so it follows from ours.
    package var resourceID: String { Self.resourceID(of: id) }

    package static func resourceID(of id: String) -> String {
        "vestibule-\(Array(Digest.sha256(id).prefix(16)).hexadecimal)"
    }

    /// - Parameters:
    ///   - appName: as people know the app.
    ///   - performer: who gave it, where that is not the patient.
    /// - Returns: `nil` where no patient is in it, for then it is no patient's consent.
    package func resource(appName: String, performer: FHIRUser? = nil) -> [UInt8]? {
        guard let patient else { return nil }
        var writer = JSONWriter(capacity: 2048)
        writer.object {
            $0.member("resourceType", "Consent")
            $0.member("id", resourceID)
            $0.array("identifier") { $0.object { $0.member("value", id) } }
            $0.member("status", status.rawValue)
            $0.concept("scope", "http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy")
            // LOINC 59284-0: Consent Document.
            $0.array("category") { $0.object { $0.coding("http://loinc.org", "59284-0") } }
            $0.object("patient") { $0.member("reference", "Patient/\(patient)") }
            $0.member("dateTime", decidedAt.timestamp)
            $0.array("performer") {
                $0.object { $0.member("reference", performer?.description ?? "Patient/\(patient)") }
            }
            source(to: &$0)
            $0.concept(
                "policyRule", "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                status == .rejected ? "OPTOUT" : "OPTIN")
            $0.object("provision") { provision(to: &$0, appName: appName) }
        }
        return writer.bytes
    }
}

extension Consent {
    /// The words that the person answered to.
    private func source(to object: inout JSONWriter) {
        guard let wording else { return }
        object.object("sourceAttachment") {
            $0.member("contentType", "text/plain; charset=utf-8")
            $0.member("language", wording.language)
            $0.member("data", Base64.encode(Array(wording.text.utf8)))
            $0.member("creation", decidedAt.timestamp)
        }
    }

    private func provision(to object: inout JSONWriter, appName: String) {
        object.member("type", status == .rejected ? "deny" : "permit")
        object.object("period") {
            $0.member("start", decidedAt.timestamp)
            $0.member("end", status == .inactive ? changedAt.timestamp : expiresAt?.timestamp)
        }
        object.array("actor") {
            $0.object {
                // Information recipient.
                $0.concept("role", "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP")
                $0.object("reference") {
                    $0.member("type", "Device")
                    $0.object("identifier") { $0.member("value", clientID) }
                    $0.member("display", appName)
                }
            }
        }
        if let purpose {
            object.array("purpose") {
                $0.object {
                    $0.member("system", "http://terminology.hl7.org/CodeSystem/v3-ActReason")
                    $0.member("code", purpose.rawValue)
                }
            }
        }
        // SMART scopes-and-launch-context#appendix-uri-representation-of-scopes
        let scopes = status == .rejected ? requested : allowed
        object.array("action") { actions in
            for scope in scopes.scopes {
                actions.object {
                    $0.coding("urn:ietf:rfc:3986", scope.uri)
                    $0.member("text", scope.spelling)
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func concept(_ name: String, _ system: String, _ code: String) {
        object(name) { $0.coding(system, code) }
    }

    fileprivate mutating func coding(_ system: String, _ code: String) {
        array("coding") {
            $0.object {
                $0.member("system", system)
                $0.member("code", code)
            }
        }
    }
}
