// vestibule-introspect: tells who may ask what a token is worth.
//
// STANDARDS  RFC 7662, SMART token-introspection
// POWERS     reads clients and tokens in the store; writes the ids of assertions; fetches clients' keys
import ClientKeys
import Endpoints
import SQLStore
import Service

serve("vestibule-introspect", about: "token introspection", workers: 16, bodyLimit: 65_536) { configuration in
    let database = try Database(at: configuration.store, fhirBase: configuration.fhirBase, powers: .introspect)
    let keys = try configuration.clientKeys(workers: 16)
    return { _ in
        IntrospectEndpoint(
            urls: configuration.urls, policy: configuration.sessionPolicy, stores: try database.store(), keys: keys,
            clock: systemClock)
    }
}
