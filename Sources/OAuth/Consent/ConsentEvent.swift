import JOSE
import JSON
import SMART

/// That a consent was given, refused, narrowed or withdrawn, as others hear of it.
package struct ConsentEvent: Sendable {
    package enum Kind: String, Sendable {
        case given = "consent.given"
        case refused = "consent.refused"
        case narrowed = "consent.narrowed"
        case withdrawn = "consent.withdrawn"
    }

    /// Who hears of it, and so how much.
    package enum Audience: Sendable {
        /// The consent platform of the site.
        case platform
        /// Whoever answers for the app that the consent is about: nothing that the app was not told anyway.
        case owner
    }

    /// The same however often it is sent: who has seen it need not look at it again.
    package let id: String
    package let body: [UInt8]

    /// - Parameter consent: the record as it was in the version that the event tells of.
    package init(_ consent: Consent, issuer: FHIRBase, for audience: Audience = .platform) {
        id = "\(consent.resourceID)-\(consent.version)"
        var writer = JSONWriter()
        writer.object {
            $0.member("type", Kind(consent).rawValue)
            $0.member("timestamp", consent.changedAt.timestamp)
            $0.object("data") {
                $0.member("iss", issuer.description)
                $0.member("consent", issuer.url(of: "Consent/\(consent.resourceID)"))
                $0.member("version", consent.version)
                $0.member("status", consent.status.rawValue)
                $0.member("client_id", consent.clientID)
                $0.member("purpose", audience == .owner ? nil : consent.purpose?.rawValue)
                $0.member("patient", audience == .owner && !consent.tellsPatient ? nil : consent.patient)
                $0.member("scope", consent.status == .active ? consent.allowed.description : "")
            }
        }
        body = writer.bytes
    }

    /// The fields that prove where it comes from, as the Standard Webhooks libraries check them: HMAC-SHA256 over id, time
    /// and body.
    ///
    /// - Parameter keys: several while one takes the place of another; one of them is enough for whoever checks.
    package func fields(under keys: [[UInt8]], at now: Instant) -> [(name: String, value: String)] {
        let signatures = keys.map { key in
            let signature = SignedWebhook.signature(id: id, timestamp: String(now.seconds), body: body, under: key)
            return "v1,\(Base64.encode(signature))"
        }
        return [
            ("content-type", "application/json"), ("webhook-id", id), ("webhook-timestamp", String(now.seconds)),
            ("webhook-signature", signatures.joined(separator: " ")),
        ]
    }

    /// The key as the libraries of whoever checks take it.
    package static func secret(of key: [UInt8]) -> String { "whsec_\(Base64.encode(key))" }
}

extension ConsentEvent.Kind {
    init(_ consent: Consent) {
        self =
            switch consent.status {
            case .rejected: .refused
            case .inactive: .withdrawn
            case .active: consent.version == 1 ? .given : .narrowed
            }
    }
}

extension Consent {
    /// Whether the app was told by what is allowed whose record it is
    /// (SMART scopes-and-launch-context#scopes-for-requesting-context-data).
    fileprivate var tellsPatient: Bool {
        allowed.needsPatient
            || allowed.scopes.contains { scope in
                switch scope.kind {
                case .launch, .launchContext(type: "encounter", role: _): true
                default: false
                }
            }
    }
}
