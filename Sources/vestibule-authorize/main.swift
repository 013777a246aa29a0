// vestibule-authorize: takes authorization requests, leads people through the pages, and issues codes.
//
// STANDARDS  RFC 6749 §3.1, RFC 7636, RFC 9207, OpenID Core §3.1.2, SMART app-launch
// POWERS     reads clients, accounts and consents; touches sessions; spends launch handles; writes interactions and codes
import Endpoints
import SQLStore
import Service

serve("vestibule-authorize", about: "the authorization endpoint", workers: 32, bodyLimit: 65_536) { configuration in
    let database = try Database(
        at: configuration.store, fhirBase: configuration.fhirBase, powers: .authorize)
    Housekeeper.begin(
        database, every: 600, clock: systemClock, report: Log(program: "vestibule-authorize").housekeeping)
    let site = try Site(configuration)
    let developer = try configuration.onlyInDemo {
        try Database(at: configuration.store, fhirBase: configuration.fhirBase, powers: .developer)
    }
    return { _ in
        AuthorizeEndpoint(
            urls: configuration.urls, site: site, policy: configuration.tokenPolicy,
            sessionPolicy: configuration.sessionPolicy, stores: try database.store(),
            frames: configuration.frameOrigins,
            simulator: try developer.map { Simulator(try $0.store()) }, clock: systemClock)
    }
}
