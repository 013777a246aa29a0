// vestibule-token: exchanges codes, refresh tokens and backend services' assertions for tokens.
//
// STANDARDS  RFC 6749 §3.2, RFC 7523, RFC 7636 §4.6, OpenID Core §3.1.3, SMART app-launch
// POWERS     writes codes, grants, tokens and the ids of assertions; fetches clients' keys; the only program that can sign and that can derive refresh tokens
import ClientKeys
import Endpoints
import SQLStore
import Service
import Store

serve("vestibule-token", about: "the token endpoint", workers: 48, bodyLimit: 65_536) { configuration in
    let database = try Database(
        at: configuration.store, fhirBase: configuration.fhirBase, powers: .token)
    let sealing = KeySealing(masterKey: try SecretFile.master.read(in: configuration.secrets))
    let derivationKey = try SecretFile.refreshDerivation.read(in: configuration.secrets)
    let keys = try configuration.clientKeys(workers: 48)
    Housekeeper.begin(database, every: 600, clock: systemClock, report: Log(program: "vestibule-token").housekeeping)
    let developer = try configuration.onlyInDemo {
        try Database(at: configuration.store, fhirBase: configuration.fhirBase, powers: .developer)
    }
    return { _ in
        TokenEndpoint(
            urls: configuration.urls, policy: configuration.tokenPolicy, sessionPolicy: configuration.sessionPolicy,
            stores: try database.store(), keys: keys, sealing: sealing, derivationKey: derivationKey,
            simulator: try developer.map { Simulator(try $0.store()) }, clock: systemClock)
    }
}
