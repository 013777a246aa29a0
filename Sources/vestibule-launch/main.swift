// vestibule-launch: prepares launches for EHRs, which vouch for the users they have signed in.
//
// STANDARDS  SMART app-launch#launch-app-ehr-launch
// POWERS     reads clients, accounts and what patients deny, writes launches and the ids of assertions; fetches clients' keys
import ClientKeys
import Endpoints
import SQLStore
import Service

serve("vestibule-launch", about: "launches by an EHR", workers: 16, bodyLimit: 65_536) { configuration in
    let database = try Database(at: configuration.store, fhirBase: configuration.fhirBase, powers: .launch)
    let keys = try configuration.clientKeys(workers: 16)
    return { _ in
        LaunchEndpoint(
            urls: configuration.urls, styleURL: configuration.styleURL, policy: configuration.tokenPolicy,
            stores: try database.store(), keys: keys, clock: systemClock)
    }
}
