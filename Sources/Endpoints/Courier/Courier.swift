import HTTPClient
import OAuth
import SMART
import Service
import Store

/// Carries what patients decided to who has to hear of it, in order, as often as it takes.
package struct Courier {
    private let fhirBase: FHIRBase
    private let store: any DeliveryStore
    /// The way to the FHIR server for changes; `nil` where consents are not written there.
    private let fhirServer: HTTPClient?
    private let platform: Platform?
    private let clock: Clock

    /// The consent platform of the site.
    package struct Platform {
        let client: HTTPClient
        let target: String
        let key: [UInt8]

        /// - Parameter target: path and query of its URL.
        package init(client: HTTPClient, target: String, key: [UInt8]) {
            self.client = client
            self.target = target
            self.key = key
        }
    }

    package init(
        fhirBase: FHIRBase, store: any DeliveryStore, fhirServer: HTTPClient?, platform: Platform?,
        clock: @escaping Clock
    ) {
        self.fhirBase = fhirBase
        self.store = store
        self.fhirServer = fhirServer
        self.platform = platform
        self.clock = clock
    }

    /// What came of a round.
    package struct Round: Sendable, Equatable {
        package var delivered = 0
        package var failed = 0
        /// Of the last one that failed, without anything of the record.
        package var reason: String?
    }

    /// How long a delivery is one courier's, in seconds: longer than any request.
    private static let lease = 60

    /// How many are carried before the caller is asked whether to stop.
    private static let handful = 50

    /// Tells who is told, which the configuration says.
    package func begin() throws(StoreError) {
        var destinations: Set<Destination> = []
        if fhirServer != nil { destinations.insert(.fhirServer) }
        if platform != nil { destinations.insert(.platform) }
        try store.setDestinations(destinations)
    }

    /// Delivers what is due. - Parameter isStopping: asked between two deliveries.
    package func round(isStopping: () -> Bool) throws(StoreError) -> Round {
        var round = Round()
        while true {
            let due = try store.due(at: clock(), limit: Self.handful)
            for delivery in due {
                if isStopping() { return round }
                guard try store.claim(delivery, until: clock() + Self.lease) else { continue }
                if let reason = carry(delivery) {
                    round.failed += 1
                    round.reason = reason
                    try store.failed(
                        delivery, reason: reason, next: clock() + Delivery.pause(after: delivery.attempts))
                } else {
                    try store.delivered(delivery, at: clock())
                    round.delivered += 1
                }
            }
            if due.isEmpty { return round }
        }
    }
}

extension Courier {
    /// - Returns: why it did not arrive; `nil` where it did.
    private func carry(_ delivery: Delivery) -> String? {
        let answer: InboundAnswer
        do throws(HTTPClientError) {
            switch delivery.destination {
            case .fhirServer:
                let resource = delivery.consent.resource(appName: delivery.appName, performer: delivery.performer)
                guard let fhirServer, let resource else { return "not configured" }
                answer = try fhirServer.send(
                    OutboundRequest(
                        "PUT", "/Consent/\(delivery.consent.resourceID)",
                        fields: [("content-type", "application/fhir+json"), ("accept", "application/fhir+json")],
                        body: resource))
            case .platform:
                guard let platform else { return "not configured" }
                let event = ConsentEvent(delivery.consent, issuer: fhirBase)
                answer = try platform.client.send(
                    OutboundRequest(
                        "POST", platform.target, fields: event.fields(under: platform.key, at: clock()),
                        body: event.body))
            }
        } catch {
            return "\(error)"
        }
        return (200..<300).contains(answer.status) ? nil : "status \(answer.status)"
    }
}
