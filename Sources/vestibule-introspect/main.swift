// vestibule-introspect: tells who may ask what an access token is worth.
//
// STANDARDS  RFC 7662, SMART token-introspection
// POWERS     reads clients and tokens in the store
import Endpoints
import SQLStore
import Service

serve("vestibule-introspect", about: "token introspection", workers: 4, bodyLimit: 65_536) { configuration in
    let database = try Database(
        path: configuration.database, fhirBase: configuration.fhirBase, powers: .introspect)
    return { _ in
        IntrospectEndpoint(fhirBase: configuration.fhirBase, stores: try database.store(), clock: systemClock)
    }
}
