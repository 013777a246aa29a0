import JSON
import OAuth
import SMART
import Store

package typealias IntakeStores = ClientStore & ConsentStore & DirectiveIntakeStore

/// Takes what a Consent of somebody else says, whichever way it came: once, and in any order.
package struct ConsentIntake {
    private let stores: any IntakeStores
    private let references: FHIRReferenceReader
    private let secrets: SecretSource

    package init(
        stores: any IntakeStores, fhirBase: FHIRBase, upstreamBase: String?, secrets: SecretSource = .system
    ) {
        self.stores = stores
        references = FHIRReferenceReader(base: fhirBase, upstreamBase: upstreamBase)
        self.secrets = secrets
    }

    package enum Taken: Sendable, Equatable {
        case directive(DirectiveChange)
        /// A record of ours was ended at the FHIR server or the platform.
        case ownWithdrawn
        /// The resource of a record of ours, which says nothing new.
        case own
        /// About something else than privacy.
        case ofNoConcern
        /// Nobody can tell whom it concerns.
        case unreadable(UnreadableConsent)

        /// Whether anything is otherwise than before.
        package var isChange: Bool {
            switch self {
            case .directive(let change): change != .unchanged
            case .ownWithdrawn: true
            case .own, .ofNoConcern, .unreadable: false
            }
        }
    }

    package func take(
        _ resource: JSONValue, from source: ConsentDirective.Source, at now: Instant
    ) throws(StoreError) -> Taken {
        var reading: ConsentReading
        do throws(UnreadableConsent) {
            // Whoever cannot be looked up just now is taken for nobody in particular, and then more is denied.
            reading = try ConsentReading(
                resource, references: references, isClient: { [stores] in (try? stores.client($0)) ?? nil != nil })
        } catch {
            return .unreadable(error)
        }
        if let own = reading.ownConsent, let consent = try stores.consent(own) {
            // What ended there ends here. That it holds there opens nothing here.
            guard !reading.standing.isInForce, consent.status == .active else { return .own }
            return try stores.withdraw(consent: own, at: now) ? .ownWithdrawn : .own
        }
        if reading.standing == .ofNoConcern { return .ofNoConcern }
        // The platform's own numbers are not the FHIR server's.
        if source == .webhook { reading = reading.kept(by: "platform") }
        return .directive(try stores.take(reading, from: source, as: secrets.identifier(), at: now))
    }
}
