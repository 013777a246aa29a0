// vestibule-token: exchanges codes and refresh tokens for tokens.
//
// STANDARDS  RFC 6749 §3.2, RFC 7636 §4.6, OpenID Core §3.1.3, SMART app-launch
// POWERS     writes codes, grants and tokens; the only program that can sign and that can derive refresh tokens
import Endpoints
import SQLStore
import Service
import Store

serve("vestibule-token", about: "the token endpoint", workers: 48, bodyLimit: 65_536) { configuration in
    let database = try Database(
        path: configuration.database, fhirBase: configuration.fhirBase, powers: .token)
    let sealing = KeySealing(masterKey: try SecretFile.master.read(in: configuration.secrets))
    let derivationKey = try SecretFile.refreshDerivation.read(in: configuration.secrets)
    Housekeeper.begin(database, every: 600, clock: systemClock, report: Log(program: "vestibule-token").housekeeping)
    return { _ in
        TokenEndpoint(
            fhirBase: configuration.fhirBase, policy: configuration.tokenPolicy, stores: try database.store(),
            sealing: sealing, derivationKey: derivationKey, clock: systemClock)
    }
}
