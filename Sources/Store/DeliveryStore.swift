import OAuth
import SMART

/// Who is told of patients' consents.
package enum Destination: Sendable, Hashable {
    /// The FHIR server keeps each as a resource.
    case fhirServer
    /// The consent platform of the site hears of each change.
    case platform
    /// Whoever answers for the app of this client_id hears of what is allowed to it, and of the end of that.
    case owner(of: String)

    private static let prefix = "app:"

    package init?(name: String) {
        switch name {
        case "fhir": self = .fhirServer
        case "platform": self = .platform
        case let name where name.hasPrefix(Self.prefix): self = .owner(of: String(name.dropFirst(Self.prefix.count)))
        default: return nil
        }
    }

    package var name: String {
        switch self {
        case .fhirServer: "fhir"
        case .platform: "platform"
        case .owner(let client): "\(Self.prefix)\(client)"
        }
    }
}

/// Somebody for whom something is due.
package struct Recipient: Sendable {
    package let destination: Destination
    /// Of an app's owner.
    package let webhook: OwnerWebhook?
    package let rest: Rest

    package init(destination: Destination, webhook: OwnerWebhook?, rest: Rest) {
        self.destination = destination
        self.webhook = webhook
        self.rest = rest
    }

    /// How long nobody is asked who did not answer, or was slow to: so that others do not wait for it.
    package struct Rest: Sendable, Equatable {
        /// How often in a row there was no answer.
        package let failures: Int
        package let until: Instant
        /// Why there was none, in words without anything of a record.
        package let reason: String?

        package static let none = Rest(failures: 0, until: Instant(0))

        package init(failures: Int, until: Instant, reason: String? = nil) {
            self.failures = failures
            self.until = until
            self.reason = reason
        }
    }
}

/// One version of a consent that a patient, or who acts for one, has given, on its way to one destination.
package struct Delivery: Sendable {
    /// As it was in that version.
    package let consent: Consent
    package let appName: String
    /// Who gave it: the patient, or the proxy.
    package let performer: FHIRUser?
    package let destination: Destination
    /// How often it was tried.
    package let attempts: Int
    /// When it is due; whoever claims it has seen this.
    package let dueAt: Instant

    package init(
        consent: Consent, appName: String, performer: FHIRUser?, destination: Destination, attempts: Int, dueAt: Instant
    ) {
        self.performer = performer
        self.consent = consent
        self.appName = appName
        self.destination = destination
        self.attempts = attempts
        self.dueAt = dueAt
    }

    /// Seconds until it is tried again after so many attempts: ten at first, an hour in the end, and never given up.
    package static func pause(after attempts: Int) -> Int { min(3600, 10 << min(attempts, 9)) }
}

/// How one delivery stands.
package struct DeliveryState: Sendable {
    package let consent: String
    package let version: Int
    package let destination: String
    package let attempts: Int
    package let deliveredAt: Instant?
    /// When it is tried again.
    package let dueAt: Instant
    /// Why it did not arrive, or has not been tried.
    package let error: String?

    package init(
        consent: String, version: Int, destination: String, attempts: Int, deliveredAt: Instant?, dueAt: Instant,
        error: String?
    ) {
        self.consent = consent
        self.version = version
        self.destination = destination
        self.attempts = attempts
        self.deliveredAt = deliveredAt
        self.dueAt = dueAt
        self.error = error
    }
}

/// The outbox: what is to be told was written in the transaction of the act itself, and stays until it was heard.
package protocol DeliveryStore {
    /// Sets who of the site is told; one that is new hears of all that was decided so far. What is left of apps that were
    /// deleted goes.
    func setDestinations(_ destinations: Set<Destination>) throws(StoreError)

    /// Those who do not rest and for whom something is due: the site's own first, and of the owners of apps that may work those
    /// last who rested last.
    func recipients(at now: Instant) throws(StoreError) -> [Recipient]

    /// What is due for one, the oldest first; of each consent one version, in their order.
    func due(for destination: Destination, at now: Instant, limit: Int) throws(StoreError) -> [Delivery]

    /// Takes a delivery for a while, so that no two couriers carry it.
    ///
    /// - Returns: whether it is the caller's.
    func claim(_ delivery: Delivery, until: Instant) throws(StoreError) -> Bool

    func delivered(_ delivery: Delivery, at now: Instant) throws(StoreError)

    /// - Parameter reason: in words without anything of the record.
    func failed(_ delivery: Delivery, reason: String, next: Instant) throws(StoreError)

    func set(_ rest: Recipient.Rest, of destination: Destination) throws(StoreError)

    /// What has not been delivered yet, or all.
    func deliveries(undeliveredOnly: Bool, limit: Int) throws(StoreError) -> [DeliveryState]
}
