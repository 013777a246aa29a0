import JSON
import OAuth
import SMART
import Store

/// Asks the FHIR server which Consents have changed, for sites where nothing tells of it (FHIR R4 search#lastUpdated).
package struct ConsentFollower {
    private let fhirServer: any FHIRRelay
    private let links: FHIRLinkReader
    private let intake: ConsentIntake
    private let store: any DirectiveIntakeStore
    private let clock: Clock

    package init(
        fhirServer: any FHIRRelay, fhirBase: FHIRBase, upstreamBase: String?, stores: any IntakeStores,
        clock: @escaping Clock
    ) {
        self.fhirServer = fhirServer
        links = FHIRLinkReader(base: fhirBase, upstreamBase: upstreamBase)
        intake = ConsentIntake(stores: stores, fhirBase: fhirBase, upstreamBase: upstreamBase)
        store = stores
        self.clock = clock
    }

    /// What came of a round.
    package struct Round: Sendable, Equatable {
        package var changed = 0
        /// Of those that concern nobody who could be told, and of an answer that could not be used.
        package var problems: [String] = []
        package var isComplete = false
    }

    /// How far each round looks back behind the one before, in seconds: servers write first and show later, and their clocks
    /// jump. What is known already costs a read.
    private static let overlap = 120

    /// More than any site has; a server whose links lead in a circle is left there.
    private static let mostPages = 10_000

    package func round(isStopping: () -> Bool) throws(StoreError) -> Round {
        var round = Round()
        var latest: Instant?
        var target = "/Consent?_sort=_lastUpdated&_count=100"
        if let until = try store.followedUntil() {
            target += "&_lastUpdated=ge\(Instant(until.seconds - Self.overlap).timestamp)"
        }
        for _ in 0..<Self.mostPages {
            if isStopping() { return round }
            guard let bundle = page(target, &round) else { return round }
            for entry in bundle["entry"].map({ Array($0.elements) }) ?? [] {
                guard let resource = entry["resource"], resource["resourceType"]?.equals("Consent") == true else {
                    continue
                }
                let taken = try intake.take(resource, from: .fhir, at: clock())
                if taken.isChange { round.changed += 1 }
                if case .unreadable(let problem) = taken { round.problems.append(problem.description) }
                if let updated = ConsentReading.updatedAt(of: resource) { latest = max(latest ?? updated, updated) }
            }
            guard let next = links.target(of: "next", among: bundle["link"].map { Array($0.elements) } ?? []) else {
                round.isComplete = true
                // Only what was seen to its end is behind us.
                if let latest { try store.follow(until: latest) }
                return round
            }
            target = next.text
        }
        round.problems.append("the FHIR server's pages have no end")
        return round
    }

    private func page(_ target: String, _ round: inout Round) -> JSONValue? {
        do throws(FHIRServerError) {
            guard let root = try fhirServer.resource(target), root["resourceType"]?.equals("Bundle") == true else {
                round.problems.append("the FHIR server's answer is no Bundle")
                return nil
            }
            return root
        } catch {
            round.problems.append(error.reason)
            return nil
        }
    }
}
