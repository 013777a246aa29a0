import JSON
import SMART

/// The answer to an introspection request (RFC 7662 §2.2, SMART token-introspection#required-fields-in-the-introspection-response).
package enum IntrospectionResponse: Sendable {
    case active(ActiveToken, issuer: FHIRBase)
    /// A refresh token, for its own client alone.
    case activeRefreshToken(RefreshToken, issuer: FHIRBase, at: Instant)
    /// Unknown, expired, revoked, or nothing of the asking client's business: all the same to it.
    case inactive

    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.object {
            switch self {
            case .inactive:
                $0.member("active", false)
            case .active(let token, let issuer):
                $0.member("active", true)
                $0.member("scope", token.scopes.description)
                $0.member("client_id", token.clientID)
                $0.member("token_type", "Bearer")
                $0.member("iat", token.issuedAt.seconds)
                $0.member("exp", token.expiresAt.seconds)
                $0.member("iss", issuer.description)
                if token.scopes.contains(.openID), let user = token.user { $0.member("sub", user.subject) }
                $0.member("aud", issuer.description)
                if token.scopes.contains(.fhirUser), let fhirUser = token.fhirUser {
                    $0.member("fhirUser", issuer.url(of: fhirUser.description))
                }
                token.context.write(to: &$0)
                token.writeExtensions(to: &$0, issuer: issuer)
            case .activeRefreshToken(let token, let issuer, let now):
                $0.member("active", true)
                $0.member("scope", token.authorization.permittedScopes(at: now).description)
                $0.member("client_id", token.authorization.clientID)
                $0.member("exp", token.expiresAt.seconds)
                $0.member("iss", issuer.description)
            }
        }
        return writer.bytes
    }
}

extension ActiveToken {
    fileprivate func writeExtensions(to answer: inout JSONWriter, issuer: FHIRBase) {
        let own = privacyConsent
        let isEmergency = user?.temporaryAccess(to: patient, at: issuedAt)?.isEmergency ?? false
        let denied = scopes.clinical.allSatisfy { $0.context == .patient } ? [] : denied.rules
        guard own != nil || isEmergency || !denied.isEmpty else { return }
        answer.object("extensions") {
            if let own {
                $0.object("ihe_pcf") {
                    $0.member("patient_id", issuer.url(of: "Patient/\(own.patient)"))
                    $0.member("doc_id", issuer.url(of: "Consent/\(Consent.resourceID(of: own.consent))"))
                }
            }
            // Why its user may see the patient, as IHE's IUA says it (ITI-103).
            if isEmergency {
                $0.object("ihe_iua") {
                    $0.array("purpose_of_use") {
                        $0.object {
                            $0.member("system", "http://terminology.hl7.org/CodeSystem/v3-ActReason")
                            $0.member("code", "BTG")
                        }
                    }
                }
            }
            // No scope says "all but these", so whoever serves a token that reaches many has to be told.
            guard !denied.isEmpty else { return }
            $0.array("vestibule_denied") { list in
                for rule in denied {
                    list.object {
                        $0.member("patient", issuer.url(of: "Patient/\(rule.patient)"))
                        $0.member("scope", rule.scope.spelling)
                    }
                }
            }
        }
    }

    /// The consent of the patient, or of who acts for the patient, that it rests on, for enforcement points that know IHE's
    /// Privacy Consent on FHIR (ITI-108). There is no `residual`: what the consent leaves is what `scope` says, now.
    private var privacyConsent: (patient: String, consent: String)? {
        guard let consent, let patient, user?.fhirUser?.isPrivate ?? false else { return nil }
        return (patient, consent)
    }
}
