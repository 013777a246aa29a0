// vestibule-register: where apps register themselves and manage their registrations, if the hospital lets them.
//
// STANDARDS  RFC 7591, RFC 7592
// POWERS     writes clients, their secrets and origins, the uses of initial access tokens and the count of registrations;
//            ends the grants of a client that deletes itself, or that nobody agreed to in 90 days; no key, no user, no way out
import Endpoints
import SQLStore
import Service

serve("vestibule-register", about: "registration of apps", workers: 8, bodyLimit: 65_536) { configuration in
    let database = try Database(at: configuration.store, fhirBase: configuration.fhirBase, powers: .register)
    Housekeeper.begin(
        database, every: 3600, clock: systemClock, report: Log(program: "vestibule-register").housekeeping)
    return { _ in
        RegisterEndpoint(
            urls: configuration.urls, mode: configuration.registration.mode, policy: configuration.registrationPolicy,
            stores: try database.store(), clock: systemClock)
    }
}
