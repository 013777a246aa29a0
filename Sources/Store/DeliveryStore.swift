import OAuth
import SMART

/// Who is told of patients' consents.
package enum Destination: String, Sendable, CaseIterable {
    /// The FHIR server keeps each as a resource.
    case fhirServer = "fhir"
    /// The consent platform of the site hears of each change.
    case platform
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
    /// Sets who is told. A destination that is new hears of all that was decided so far.
    func setDestinations(_ destinations: Set<Destination>) throws(StoreError)

    /// What is due, the oldest first; of each consent and destination one version, in their order.
    func due(at now: Instant, limit: Int) throws(StoreError) -> [Delivery]

    /// Takes a delivery for a while, so that no two couriers carry it.
    ///
    /// - Returns: whether it is the caller's.
    func claim(_ delivery: Delivery, until: Instant) throws(StoreError) -> Bool

    func delivered(_ delivery: Delivery, at now: Instant) throws(StoreError)

    /// - Parameter reason: in words without anything of the record.
    func failed(_ delivery: Delivery, reason: String, next: Instant) throws(StoreError)

    /// What has not been delivered yet, or all.
    func deliveries(undeliveredOnly: Bool, limit: Int) throws(StoreError) -> [DeliveryState]
}
