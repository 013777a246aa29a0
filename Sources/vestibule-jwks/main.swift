// vestibule-jwks: the public keys that id_tokens are signed with.
//
// STANDARDS  RFC 7517 §5
// POWERS     reads public keys in the store
import Endpoints
import SQLStore
import Service

serve("vestibule-jwks", about: "the public signing keys", workers: 4, bodyLimit: 0) { configuration in
    let database = try Database(
        at: configuration.store, fhirBase: configuration.fhirBase, powers: .jwks)
    return { _ in KeysEndpoint(keys: try database.store(), clock: systemClock) }
}
