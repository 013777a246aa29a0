// vestibule-revoke: ends tokens that their apps need no more.
//
// STANDARDS  RFC 7009
// POWERS     ends grants and tokens in the store; writes the ids of assertions; fetches clients' keys
import ClientKeys
import Endpoints
import SQLStore
import Service

serve("vestibule-revoke", about: "token revocation", workers: 16, bodyLimit: 65_536) { configuration in
    let database = try Database(at: configuration.store, fhirBase: configuration.fhirBase, powers: .revoke)
    let keys = try configuration.clientKeys(workers: 16)
    return { _ in
        RevokeEndpoint(urls: configuration.urls, stores: try database.store(), keys: keys, clock: systemClock)
    }
}
