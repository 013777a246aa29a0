import HTTPClient
import OAuth
import SMART
import Service
import Store

/// Carries what patients decided to who has to hear of it, in order, as often as it takes.
///
/// It asks one after the other. Whoever gives no answer, or a slow one, rests after it, and the others are asked before
/// anybody else may be slow: so one that is down for days holds up nobody for longer than one request takes.
package struct Courier {
    package typealias Send = (OutboundRequest) throws(HTTPClientError) -> InboundAnswer

    private let fhirBase: FHIRBase
    private let store: any DeliveryStore
    /// The way to the FHIR server for changes; `nil` where consents are not written there.
    private let fhirServer: Send?
    private let platform: Platform?
    private let owners: Owners
    private let clock: Clock

    /// The consent platform of the site.
    package struct Platform {
        let send: Send
        let target: String
        let key: [UInt8]

        /// - Parameter target: path and query of its URL.
        package init(send: @escaping Send, target: String, key: [UInt8]) {
            self.send = send
            self.target = target
            self.key = key
        }
    }

    /// The owners of apps: hosts that somebody else runs.
    package struct Owners {
        package typealias Post =
            (_ url: String, _ fields: [(name: String, value: String)], _ body: [UInt8]) throws(FetchError) ->
            InboundAnswer

        let post: Post
        /// What their keys follow from; asked for when it is needed, so that nobody else waits where it is missing.
        let key: () throws(ConfigurationError) -> [UInt8]

        package init(post: @escaping Post, key: @escaping () throws(ConfigurationError) -> [UInt8]) {
            self.post = post
            self.key = key
        }
    }

    package init(
        fhirBase: FHIRBase, store: any DeliveryStore, fhirServer: Send?, platform: Platform?, owners: Owners,
        clock: @escaping Clock
    ) {
        self.fhirBase = fhirBase
        self.store = store
        self.fhirServer = fhirServer
        self.platform = platform
        self.owners = owners
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

    /// How many are carried to one before the others have their turn.
    private static let handful = 50

    /// How long one may take before the others have their turn, in whole seconds.
    private static let patience = 1

    /// Tells who of the site is told, which the configuration says.
    package func begin() throws(StoreError) {
        var destinations: Set<Destination> = []
        if fhirServer != nil { destinations.insert(.fhirServer) }
        if platform != nil { destinations.insert(.platform) }
        try store.setDestinations(destinations)
    }

    /// Delivers what is due. - Parameter isStopping: asked between two deliveries.
    package func round(isStopping: () -> Bool) throws(StoreError) -> Round {
        var round = Round()
        var before: Round?
        while before != round {
            before = round
            for recipient in try store.recipients(at: clock()) {
                if isStopping() { return round }
                // Who was slow rests: before anybody else may be, those are asked again who are not.
                guard try serve(recipient, &round, isStopping) else { break }
            }
        }
        return round
    }
}

extension Courier {
    /// - Returns: whether it was quick.
    private func serve(
        _ recipient: Recipient, _ round: inout Round, _ isStopping: () -> Bool
    ) throws(StoreError) -> Bool {
        let begun = clock()
        var rest = recipient.rest
        for delivery in try store.due(for: recipient.destination, at: begun, limit: Self.handful) {
            let now = clock()
            if isStopping() || now - begun > Self.patience { return true }
            guard try store.claim(delivery, until: now + Self.lease) else { continue }
            let outcome = carry(delivery, to: recipient)
            let end = clock()
            if let reason = outcome.reason {
                round.failed += 1
                round.reason = reason
                try store.failed(delivery, reason: reason, next: end + Delivery.pause(after: delivery.attempts))
            } else {
                try store.delivered(delivery, at: end)
                round.delivered += 1
            }
            let next = outcome.rest(after: rest, from: now, to: end)
            if next != rest { try store.set(next, of: recipient.destination) }
            if next != .none { return false }
            rest = next
        }
        return true
    }

    private enum Outcome {
        case arrived
        /// This one was not taken; others may be.
        case refused(String)
        /// Nobody is there who would take any.
        case silent(String)

        init(_ answer: InboundAnswer) {
            self =
                switch answer.status {
                case 200..<300: .arrived
                case 429, 502, 503, 504: .silent("status \(answer.status)")
                default: .refused("status \(answer.status)")
                }
        }

        var reason: String? {
            switch self {
            case .arrived: nil
            case .refused(let reason), .silent(let reason): reason
            }
        }

        func rest(after last: Recipient.Rest, from begun: Instant, to end: Instant) -> Recipient.Rest {
            if case .silent(let reason) = self {
                let pause = Delivery.pause(after: last.failures)
                return Recipient.Rest(failures: last.failures + 1, until: end + pause, reason: reason)
            }
            // Half of the time is the others'.
            return end - begun > Courier.patience ? Recipient.Rest(failures: 0, until: end + (end - begun)) : .none
        }
    }

    private func carry(_ delivery: Delivery, to recipient: Recipient) -> Outcome {
        let consent = delivery.consent
        do {
            switch recipient.destination {
            case .fhirServer:
                let resource = consent.resource(appName: delivery.appName, performer: delivery.performer)
                guard let fhirServer, let resource else { return .refused("not configured") }
                let type = "application/fhir+json"
                return Outcome(
                    try fhirServer(
                        OutboundRequest(
                            "PUT", "/Consent/\(consent.resourceID)",
                            fields: [("content-type", type), ("accept", type)], body: resource)))
            case .platform:
                guard let platform else { return .refused("not configured") }
                let event = ConsentEvent(consent, issuer: fhirBase)
                let fields = event.fields(under: [platform.key], at: clock())
                return Outcome(
                    try platform.send(OutboundRequest("POST", platform.target, fields: fields, body: event.body)))
            case .owner(let clientID):
                guard let webhook = recipient.webhook else { return .refused("not configured") }
                let event = ConsentEvent(consent, issuer: fhirBase, for: .owner)
                let keys = webhook.keys(of: clientID, under: try owners.key(), at: clock())
                return Outcome(try owners.post(webhook.url, event.fields(under: keys, at: clock()), event.body))
            }
        } catch {
            return .silent("\(error)")
        }
    }
}
