// vestibule-enforce: stands in front of the FHIR server and lets no request do more than its token allows.
//
// STANDARDS  SMART scopes-and-launch-context, RFC 6750, FHIR R4 http
// POWERS     reads tokens in the store, notes their use and counts what is read; the page-link key; asks the FHIR server over nginx's relay sockets
import Endpoints
import HTTPClient
import SMART
import SQLStore
import Service

// It reads a body only where that decides; nginx sends the one it has to the FHIR server, and lets in none that is longer.
serve("vestibule-enforce", about: "FHIR access control", workers: 32, bodyLimit: 16 << 20) { configuration in
    let database = try Database(
        at: configuration.store, fhirBase: configuration.fhirBase, powers: .enforce)
    let pageKey = try SecretFile.pageLink.read(in: configuration.secrets)
    let ledger = try DisclosureLedger.begin(database, report: Log(program: "vestibule-enforce").uncounted)
    Farewell.add { [weak ledger] in ledger?.flush() }
    // The largest answer that is looked at; a longer one is not passed on.
    let limits = HTTPClient.Limits(bodyBytes: 32 << 20)
    return { _ in
        EnforceEndpoint(
            fhirBase: configuration.fhirBase, upstreamBase: configuration.upstreamBase, stores: try database.store(),
            relay: try HTTPClient(.unixSocket(configuration.relaySocket), limits: limits),
            writer: try configuration.changesSocket.map { try HTTPClient(.unixSocket($0), limits: limits) },
            pageKey: pageKey,
            sessionPolicy: configuration.sessionPolicy, isVersioned: configuration.isVersioned,
            site: configuration.site,
            security: configuration.describesSecurity
                ? SMARTSecurity(configuration.urls, features: configuration.features) : nil,
            book: ledger, clock: systemClock)
    }
}
