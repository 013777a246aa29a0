import JSON

/// The row as a FHIR R4 AuditEvent, in the shapes of IHE's Basic Audit Log Patterns: agents are told apart by their type
/// (client, user, organization, authorization server), entities too (patient, consent, token).
extension AuditRecord {
    package var auditEvent: [UInt8] {
        var writer = JSONWriter(capacity: 2048)
        let isDecision = isConsentDecision
        writer.object {
            $0.member("resourceType", "AuditEvent")
            $0.member("id", "vestibule-\(sequence)")
            if isDecision {
                $0.object("meta") {
                    $0.member("profile", [Self.balp + "StructureDefinition/IHE.BasicAudit.AuthZconsent"])
                }
            }
            $0.object("type") { Self.write(kind.type, to: &$0) }
            $0.array("subtype") {
                for code in subtypes(isDecision: isDecision) { $0.object { Self.write(code, to: &$0) } }
            }
            $0.member("action", kind.action)
            $0.member("recorded", Instant(columns.time).timestamp)
            $0.member("outcome", columns.outcome == "success" ? "0" : isWrongProof ? "4" : "8")
            if columns.outcome != "success" { $0.member("outcomeDesc", columns.act) }
            $0.array("agent", agents)
            $0.object("source") {
                $0.member("site", columns.fhirBase)
                $0.object("observer") { identifier(&$0, nil, columns.fhirBase) }
                $0.array("type") {
                    $0.object {
                        Self.write(
                            .init("http://terminology.hl7.org/CodeSystem/security-source-type", "6", "Security Server"),
                            to: &$0)
                    }
                }
            }
            $0.array("entity") { entities(isDecision: isDecision, &$0) }
        }
        return writer.bytes
    }

    private static let balp = "https://profiles.ihe.net/ITI/BALP/"

    private struct Code {
        let system: String
        let code: String
        let display: String?

        init(_ system: String, _ code: String, _ display: String?) {
            self.system = system
            self.code = code
            self.display = display
        }

        static func dicom(_ code: String, _ display: String) -> Code {
            Code("http://dicom.nema.org/resources/ontology/DCM", code, display)
        }
    }

    /// A decision on access by a consent: the one of BALP's profiles that fits whole, and only where all that it asks for is known.
    private var isConsentDecision: Bool {
        ["code_issue", "consent_allow", "consent_deny"].contains(columns.act) && columns.account != nil
            && columns.client != nil && columns.patient != nil && columns.consent != nil && columns.address != nil
    }

    /// Somebody was not who they said they were: a minor failure, and no misuse of a right.
    private var isWrongProof: Bool { ["sign_in", "client_authentication"].contains(columns.act) }

    private var kind: (type: Code, subtype: Code?, action: String) {
        let authentication = Code.dicom("110114", "User Authentication")
        let alert = Code.dicom("110113", "Security Alert")
        return switch columns.act {
        case "sign_in", "second_factor", "recovery_code_use": (authentication, .dicom("110122", "Login"), "E")
        case "sign_out", "session_expire": (authentication, .dicom("110123", "Logout"), "E")
        case "client_authentication": (authentication, nil, "E")
        case "token_issue", "token_refresh":
            (authentication, Code("urn:ihe:event-type-code", "ITI-71", "Get Access Token"), "E")
        case "break_glass_begin": (alert, .dicom("110127", "Emergency Override Started"), "E")
        case "break_glass_end": (alert, .dicom("110138", "Emergency Override Stopped"), "E")
        case "audit_cut": (.dicom("110101", "Audit Log Used"), nil, "D")
        case let act where act.hasPrefix("user_") || act.hasPrefix("second_factor_"):
            (alert, .dicom("110137", "User Security Attributes Changed"), "U")
        case let act where act.hasPrefix("client_") || act.hasPrefix("key_") || act.hasPrefix("registration_"):
            (alert, .dicom("110129", "Security Configuration"), "U")
        default: (alert, nil, "E")
        }
    }

    private func subtypes(isDecision: Bool) -> [Code] {
        // The profile has a closed list of these.
        let decision = Code(
            Self.balp + "CodeSystem/AuthZsubType", "AuthZ-Consent", "Authorization Decision using Roles and Consent")
        if isDecision { return [decision] }
        return [kind.subtype, Code("\(columns.fhirBase)#audit-event", columns.act, nil)].compactMap { $0 }
    }

    private func agents(_ list: inout JSONWriter) {
        agent(
            &list,
            .init(
                "http://terminology.hl7.org/CodeSystem/extra-security-role-type", "authserver", "authorization server")
        ) {
            identifier(&$0, nil, columns.fhirBase)
        }
        if let client = columns.client {
            agent(&list, .dicom("110150", "Application"), address: columns.address) {
                identifier(&$0, "\(columns.fhirBase)#client", client)
            }
        }
        let person = Code("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP", "information recipient")
        if let account = columns.account, columns.unixUser == nil {
            agent(&list, person, isRequestor: true) { identifier(&$0, "\(columns.fhirBase)#account", account) }
        }
        if let unixUser = columns.unixUser {
            agent(&list, person, isRequestor: true) { identifier(&$0, "\(columns.fhirBase)#unix-user", unixUser) }
        }
        if isConsentDecision {
            agent(&list, .init("http://terminology.hl7.org/CodeSystem/v3-RoleClass", "PROV", "healthcare provider")) {
                identifier(&$0, nil, columns.fhirBase)
            }
        }
    }

    private func agent(
        _ list: inout JSONWriter, _ type: Code, address: String? = nil, isRequestor: Bool = false,
        who: (inout JSONWriter) -> Void
    ) {
        list.object {
            $0.object("type") { $0.array("coding") { $0.object { Self.write(type, to: &$0) } } }
            $0.object("who", who)
            $0.member("requestor", isRequestor)
            if let address, !address.isEmpty {
                $0.object("network") {
                    $0.member("address", address)
                    $0.member("type", "2")
                }
            }
        }
    }

    private func entities(isDecision: Bool, _ list: inout JSONWriter) {
        if let patient = columns.patient {
            list.object {
                $0.object("what") { $0.member("reference", "Patient/\(patient)") }
                $0.object("type") {
                    Self.write(.init("http://terminology.hl7.org/CodeSystem/audit-entity-type", "1", "Person"), to: &$0)
                }
                $0.object("role") {
                    Self.write(.init("http://terminology.hl7.org/CodeSystem/object-role", "1", "Patient"), to: &$0)
                }
            }
        }
        if let consent = columns.consent {
            list.object {
                $0.object("what") { identifier(&$0, "\(columns.fhirBase)#consent", consent) }
                $0.object("type") {
                    Self.write(.init("http://hl7.org/fhir/resource-types", "Consent", "Consent"), to: &$0)
                }
            }
        }
        if let grant = columns.grant {
            // Tokens are opaque here and have no jti; the grant, whose id introspection and the log know, stands for them.
            list.object {
                $0.object("what") { identifier(&$0, nil, "urn:ietf:params:oauth:jti:\(grant)") }
                $0.object("type") {
                    Self.write(.init(Self.balp + "CodeSystem/UserAgentTypes", "UserOauthAgent", nil), to: &$0)
                }
            }
        }
        // The profile has no place for more.
        guard !isDecision else { return }
        if let request = columns.request {
            list.object {
                $0.object("what") { identifier(&$0, nil, request) }
                $0.object("type") {
                    Self.write(.init(Self.balp + "CodeSystem/BasicAuditEntityType", "XrequestId", nil), to: &$0)
                }
            }
        }
        list.object {
            $0.object("type") {
                Self.write(.init("http://terminology.hl7.org/CodeSystem/audit-entity-type", "4", "Other"), to: &$0)
            }
            $0.member("name", "details")
            $0.array("detail") {
                for (name, value) in [
                    ("program", columns.program), ("details", columns.details), ("hash", hash.hexadecimal),
                ] {
                    $0.object {
                        $0.member("type", name)
                        $0.member("valueString", value)
                    }
                }
            }
        }
    }

    private func identifier(_ writer: inout JSONWriter, _ system: String?, _ value: String) {
        writer.object("identifier") {
            $0.member("system", system)
            $0.member("value", value)
        }
    }

    private static func write(_ code: Code, to writer: inout JSONWriter) {
        writer.member("system", code.system)
        writer.member("code", code.code)
        writer.member("display", code.display)
    }
}
